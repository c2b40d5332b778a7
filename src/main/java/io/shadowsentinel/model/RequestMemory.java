package io.shadowsentinel.model;

import java.util.concurrent.atomic.AtomicLong;

/** What all requests together may hold in memory, of their bodies and tensors. Any thread. */
final class RequestMemory {

  private final long most;
  private final AtomicLong held = new AtomicLong();

  RequestMemory(long most) {
    this.most = most;
  }

  long held() {
    return held.get();
  }

  /** One request's share, given back once, whoever ends it first. */
  final class Share {

    private long bytes;
    private boolean ended;

    /** Takes more; false, and nothing is taken, when there is no room or it has ended. */
    synchronized boolean take(long more) {
      if (ended || held.addAndGet(more) > most) {
        if (!ended) {
          held.addAndGet(-more);
        }
        return false;
      }
      bytes += more;
      return true;
    }

    synchronized void end() {
      if (!ended) {
        ended = true;
        held.addAndGet(-bytes);
      }
    }
  }
}
