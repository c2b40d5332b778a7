package io.shadowsentinel.proxy;

import java.util.concurrent.atomic.AtomicReference;

/**
 * Stops copying to a challenger that does not answer, and tries it again with single probes.
 * Closed: all pass, and {@value #FAILURES} failures in a row open it. Open: none pass for {@value
 * #OPEN_MILLIS} ms, then one probe; it closes the breaker or opens it anew. Any thread: each state
 * is immutable and swapped as a whole, so of two threads only one gets the probe.
 *
 * <p>A failure is a connection that could not be made, broke, or stayed silent. An error status is
 * an answer, and evidence.
 */
final class Breaker {
  static final int FAILURES = 5;
  static final long OPEN_MILLIS = 1_000;
  private static final long OPEN_NANOS = OPEN_MILLIS * 1_000_000;

  /** What passing the breaker obliges to: tell how it ended. */
  enum Pass {
    REFUSED,
    REGULAR,
    PROBE
  }

  private sealed interface State {}

  private record Closed(int failures) implements State {}

  private record Open(long untilNanos) implements State {}

  /**
   * A probe is under way; it is taken for lost at the deadline, so that its loss can't close us
   * out.
   */
  private record Probing(long deadlineNanos) implements State {}

  private static final Closed HEALTHY = new Closed(0);

  private final AtomicReference<State> state = new AtomicReference<>(HEALTHY);

  /**
   * Asks to pass.
   *
   * @param nowNanos as {@link System#nanoTime()}
   * @param probeNanos how long a probe may take before another one is let through
   */
  Pass tryPass(long nowNanos, long probeNanos) {
    State current = state.get();
    if (current instanceof Closed) {
      return Pass.REGULAR;
    }
    return isDue(current, nowNanos)
            && state.compareAndSet(current, new Probing(nowNanos + probeNanos))
        ? Pass.PROBE
        : Pass.REFUSED;
  }

  /** True when {@link #tryPass} would let pass now; the probe is left for whoever takes it. */
  boolean wouldPass(long nowNanos) {
    State current = state.get();
    return current instanceof Closed || isDue(current, nowNanos);
  }

  private static boolean isDue(State current, long nowNanos) {
    return current instanceof Open open
        ? nowNanos - open.untilNanos() >= 0
        : nowNanos - ((Probing) current).deadlineNanos() >= 0;
  }

  /** What passed was answered. */
  void succeeded() {
    State current = state.get();
    if (current != HEALTHY) {
      // An answer, even a late one, says that the challenger is there; a race lost here is with a
      // newer
      // fact, which stands.
      state.compareAndSet(current, HEALTHY);
    }
  }

  /** What passed was not answered. */
  void failed(Pass pass, long nowNanos) {
    while (true) {
      State current = state.get();
      State next;
      if (current instanceof Closed closed) {
        next =
            closed.failures() + 1 >= FAILURES
                ? new Open(nowNanos + OPEN_NANOS)
                : new Closed(closed.failures() + 1);
      } else if (pass == Pass.PROBE) {
        next = new Open(nowNanos + OPEN_NANOS);
      } else {
        return;
      }
      if (state.compareAndSet(current, next)) {
        return;
      }
    }
  }

  /** What passed ended without a word about the challenger: its client went away, for example. */
  void abandoned(Pass pass, long nowNanos) {
    if (pass == Pass.PROBE) {
      State current = state.get();
      if (current instanceof Probing) {
        state.compareAndSet(current, new Open(nowNanos));
      }
    }
  }

  boolean isClosed() {
    return state.get() instanceof Closed;
  }
}
