package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.ShedReason;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Gives what is settled in any order back in the order in which the requests came. Else a
 * challenger would be judged by its quick answers: those it hangs on would still be on their way
 * when it is decided. What waits for an older one takes {@value #BYTES} bytes, in a ring that the
 * numbers go round; how many there can be is bounded by {@link Arrivals#isFull}. Nothing is waited
 * for for ever: see {@link #giveUp}. One thread.
 */
final class ArrivalOrder {
  static final int BYTES = 1 + 4 + 4 + 8;

  private static final int MIN_SLOTS = 256;

  /** A clock that jumps, or a disk that hangs, is not a request that is late. */
  private static final long MAX_STEP_MILLIS = 1_000;

  private static final byte FREE = 0;
  private static final byte HIGH_CONFIDENCE = 0x40;
  private static final List<Outcome> OUTCOMES = List.of(Outcome.values());
  private static final List<ShedReason> REASONS = List.of(ShedReason.values());

  private final Arrivals arrivals;
  private long next;
  private int waiting;

  // What is settled of a number stands at the same place of each; the kind says whether it is.

  private byte[] kinds = new byte[MIN_SLOTS];
  private int[] rows = new int[MIN_SLOTS];
  private int[] rowsAgree = new int[MIN_SLOTS];
  private double[] gaps = new double[MIN_SLOTS];

  /** The number that held up all others when it was last looked, and for how long it has by now. */
  private long heldUpBy = Arrivals.NO_NUMBER;

  private long heldUpMillis;

  /** Those below were taken when it began to. */
  private long takenThen;

  private long lookedAtMillis;
  private Duration patience = Duration.ZERO;

  ArrivalOrder(Arrivals arrivals) {
    this.arrivals = arrivals;
    this.next = arrivals.first();
  }

  /** True when this gives back the numbers of those arrivals. */
  boolean isOf(Arrivals others) {
    return arrivals == others;
  }

  /** How many wait for an older one. */
  int waiting() {
    return waiting;
  }

  /**
   * Takes in how a request ended.
   *
   * @return false when it was settled before, or was none of this scope's
   */
  boolean settle(long number, Settlement how) {
    if (number < next || number >= arrivals.end()) {
      return false;
    }
    ensureRoomFor(number);
    int slot = slot(number);
    if (kinds[slot] != FREE) {
      return false;
    }
    kinds[slot] = kind(how);
    rows[slot] = how.rows();
    rowsAgree[slot] = how.rowsAgree();
    gaps[slot] = how.confidenceGap();
    waiting++;
    return true;
  }

  /** The next one whose turn it is, once; null while an older one is not settled. */
  @Nullable Settlement poll() {
    int slot = slot(next);
    byte kind = kinds[slot];
    if (kind == FREE) {
      return null;
    }
    kinds[slot] = FREE;
    waiting--;
    next++;
    return of(kind, rows[slot], rowsAgree[slot], gaps[slot]);
  }

  /** Lets the proxies know how far it is; what they shed depends on it. */
  void publish() {
    arrivals.settledBelow(next);
    if (waiting == 0 && kinds.length > MIN_SLOTS) {
      resize(MIN_SLOTS);
    }
  }

  /**
   * Settles what has been lost, should anything ever be: a number that holds up all others for
   * longer than anything may take, and those that were taken before it began to. To be called about
   * once a second.
   *
   * @param longest what a request may take until it is settled. The longest that was ever given
   *     counts, for requests that are under way keep the one they began with
   * @return how many were given up; they wait for {@link #poll} as the others do
   */
  int giveUp(long nowMillis, Duration longest) {
    patience = patience.compareTo(longest) < 0 ? longest : patience;
    long step = Math.max(0, Math.min(MAX_STEP_MILLIS, nowMillis - lookedAtMillis));
    lookedAtMillis = nowMillis;
    if (next != heldUpBy || next == arrivals.end()) {
      heldUpBy = next;
      heldUpMillis = 0;
      takenThen = arrivals.end();
      return 0;
    }
    heldUpMillis += step;
    if (heldUpMillis < patience.toMillis()) {
      return 0;
    }
    int lost = 0;
    for (long number = next; number < takenThen; number++) {
      lost += settle(number, Settlement.LOST) ? 1 : 0;
    }
    return lost;
  }

  private int slot(long number) {
    return (int) (number & kinds.length - 1);
  }

  private void ensureRoomFor(long number) {
    long needed = number - next + 1;
    if (needed > kinds.length) {
      resize(Integer.highestOneBit(Math.toIntExact(needed) - 1) << 1);
    }
  }

  private void resize(int slots) {
    byte[] oldKinds = kinds;
    int[] oldRows = rows;
    int[] oldRowsAgree = rowsAgree;
    double[] oldGaps = gaps;
    kinds = new byte[slots];
    rows = new int[slots];
    rowsAgree = new int[slots];
    gaps = new double[slots];
    for (int i = 0; waiting > 0 && i < oldKinds.length; i++) {
      int from = (int) (next + i & oldKinds.length - 1);
      int to = slot(next + i);
      kinds[to] = oldKinds[from];
      rows[to] = oldRows[from];
      rowsAgree[to] = oldRowsAgree[from];
      gaps[to] = oldGaps[from];
    }
  }

  private static byte kind(Settlement how) {
    int kind =
        how.outcome() != null
            ? 1 + OUTCOMES.indexOf(how.outcome())
            : 1 + OUTCOMES.size() + REASONS.indexOf(Objects.requireNonNull(how.shed()));
    return (byte) (how.highConfidenceConflict() ? kind | HIGH_CONFIDENCE : kind);
  }

  private static Settlement of(byte kind, int rows, int rowsAgree, double gap) {
    boolean sure = (kind & HIGH_CONFIDENCE) != 0;
    int index = (kind & ~HIGH_CONFIDENCE) - 1;
    return index < OUTCOMES.size()
        ? new Settlement(OUTCOMES.get(index), null, rows, rowsAgree, gap, sure)
        : new Settlement(null, REASONS.get(index - OUTCOMES.size()), rows, rowsAgree, gap, sure);
  }
}
