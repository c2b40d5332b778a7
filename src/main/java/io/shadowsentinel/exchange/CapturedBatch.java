package io.shadowsentinel.exchange;

import io.shadowsentinel.bus.Channel;
import java.util.List;

/**
 * What one event loop captured since its last batch. Batched because a hop to a worker costs more
 * than comparing two small answers.
 *
 * @param release run exactly once, when its exchanges are compared and the verdicts are counted: it
 *     gives back the bytes they were allowed to hold, and their place in the backlog. Any thread
 */
public record CapturedBatch(List<Exchange> exchanges, List<Shed> shed, Runnable release) {

  /** The fact that requests were mirrored: from every proxy, to one comparison worker in turn. */
  public static final Channel<CapturedBatch> CHANNEL =
      new Channel<>("sentinel.comparison", CapturedBatch.class);

  public CapturedBatch {
    exchanges = List.copyOf(exchanges);
    shed = List.copyOf(shed);
  }
}
