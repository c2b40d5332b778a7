package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.table.Model;

/**
 * What the event loops of a process share about mirroring: bounds, samplers, breakers and counts.
 * They hold for a route as a whole, however many loops serve it, and live for as long as a table or
 * a request of any loop uses them. Any thread.
 */
public final class SharedMirrors {
  private static final int MAX_WAITING = 4_096;
  private static final long MIN_CAPTURE_BYTES = 16L << 20;

  private final EligibleCounts eligible;
  private final CaptureBudget budget;
  private final WeakTable<String, Gate> gates = new WeakTable<>();
  private final WeakTable<Model, Breaker> breakers = new WeakTable<>();

  /** Apart from the others: how a model answered as a challenger says nothing about its checks. */
  private final WeakTable<Model, Breaker> selfCheckBreakers = new WeakTable<>();

  /** Captures may hold an eighth of the heap, and 16 MiB at the least. */
  public SharedMirrors(EligibleCounts eligible) {
    this(eligible, Math.max(MIN_CAPTURE_BYTES, Runtime.getRuntime().maxMemory() / 8), MAX_WAITING);
  }

  SharedMirrors(EligibleCounts eligible, long maxCaptureBytes, int maxWaiting) {
    this.eligible = eligible;
    this.budget = new CaptureBudget(maxCaptureBytes, maxWaiting);
  }

  /** A route's own share of this. */
  static final class Gate {
    final Sampler sampler = new Sampler();
    final Sampler selfCheckSampler = new Sampler();

    /** Of mirrors under way: sent or about to be, and not yet handed over. */
    final MirrorPlaces places;

    Gate(long nowNanos) {
      places = new MirrorPlaces(nowNanos);
    }
  }

  EligibleCounts eligible() {
    return eligible;
  }

  CaptureBudget budget() {
    return budget;
  }

  Gate gate(String route, long nowNanos) {
    return gates.get(route, () -> new Gate(nowNanos));
  }

  Breaker breaker(Model model) {
    return breakers.get(model, Breaker::new);
  }

  Breaker selfCheckBreaker(Model champion) {
    return selfCheckBreakers.get(champion, Breaker::new);
  }

  /** Mirrors under way on a route. */
  public int inFlight(String route) {
    Gate gate = gates.find(route);
    return gate == null ? 0 : gate.places.taken();
  }

  /** Captured pairs that are not compared yet. */
  public int waitingPairs() {
    return budget.waiting();
  }

  /** Bytes that captured requests and answers hold now. */
  public long capturedBytes() {
    return budget.bytes();
  }
}
