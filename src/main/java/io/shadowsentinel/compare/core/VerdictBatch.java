package io.shadowsentinel.compare.core;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.exchange.Shed;
import java.util.List;

/**
 * The verdicts on one captured batch, in its order, and what it reported as shed. Those that a
 * judge had to be asked for come in a second batch.
 *
 * @param release run exactly once, by whoever took the batch, when it is counted: until then it is
 *     part of the backlog, so that a disk that hangs fills a bound and not the memory
 */
public record VerdictBatch(List<Verdict> verdicts, List<Shed> shed, Runnable release) {

  /** The fact that comparisons ended: from every comparison worker, to the decision. */
  public static final Channel<VerdictBatch> CHANNEL =
      new Channel<>("sentinel.verdict", VerdictBatch.class);

  public VerdictBatch {
    verdicts = List.copyOf(verdicts);
    shed = List.copyOf(shed);
  }
}
