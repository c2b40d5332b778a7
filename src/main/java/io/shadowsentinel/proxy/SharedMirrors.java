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
  private final WeakTable<String, RouteMirrors> byRoute = new WeakTable<>();
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
  static final class RouteMirrors {
    final Sampler sampler = new Sampler();
    final Sampler selfCheckSampler = new Sampler();

    /** Of mirrors under way: sent or about to be, and not yet handed over. */
    final MirrorPlaces places;

    RouteMirrors(long nowNanos) {
      places = new MirrorPlaces(nowNanos);
    }
  }

  EligibleCounts eligible() {
    return eligible;
  }

  CaptureBudget budget() {
    return budget;
  }

  RouteMirrors ofRoute(String route, long nowNanos) {
    return byRoute.get(route, () -> new RouteMirrors(nowNanos));
  }

  Breaker breaker(Model model) {
    return breakers.get(model, Breaker::new);
  }

  Breaker selfCheckBreaker(Model champion) {
    return selfCheckBreakers.get(champion, Breaker::new);
  }

  /** Mirrors under way on a route. */
  public int inFlight(String route) {
    RouteMirrors ofRoute = byRoute.find(route);
    return ofRoute == null ? 0 : ofRoute.places.taken();
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
