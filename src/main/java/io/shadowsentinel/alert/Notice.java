package io.shadowsentinel.alert;

import io.shadowsentinel.decide.Decision;
import java.time.Instant;
import java.util.Optional;

/**
 * A decision to tell a channel of.
 *
 * @param id the same whenever this decision is told to this channel, and used for nothing else, so
 *     that a receiver can tell a repetition
 * @param firing the rollback of the same route that was told before and is not over, if any
 */
record Notice(String id, Decision decision, Optional<Firing> firing) {

  /**
   * An alert that was fired and not resolved.
   *
   * @param experiment the one that was rolled back; empty if there was none
   * @param since when
   */
  record Firing(String experiment, Instant since) {}

  /**
   * The id of a decision for a channel. The number alone would not do: two instances, or one whose
   * state directory was emptied, use the same numbers and may tell the same receiver.
   */
  static String id(Decision decision, String channelId) {
    long fingerprint =
        Mix.mix(
            decision.time().toEpochMilli()
                ^ Mix.hash(decision.route() + '\n' + decision.experiment()));
    return "%d-%s-%08x".formatted(decision.seq(), channelId, fingerprint >>> 32);
  }
}
