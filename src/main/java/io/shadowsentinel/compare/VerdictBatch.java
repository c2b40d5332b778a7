package io.shadowsentinel.compare;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.exchange.Shed;
import java.util.List;

/** The verdicts on one captured batch, in its order, and what it reported as shed. */
public record VerdictBatch(List<Verdict> verdicts, List<Shed> shed) {

  /** The fact that comparisons ended: from every comparison worker, to the decision. */
  public static final Channel<VerdictBatch> CHANNEL =
      new Channel<>("sentinel.verdict", VerdictBatch.class);

  public VerdictBatch {
    verdicts = List.copyOf(verdicts);
    shed = List.copyOf(shed);
  }
}
