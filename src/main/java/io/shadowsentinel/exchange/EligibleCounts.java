package io.shadowsentinel.exchange;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How many requests were eligible for mirroring, by scope, and in what order they came. The proxies
 * count a request here before anything else is done about it, so that what is rated, incomparable
 * or shed can never be more, and the rest is in flight. One instance for a process; any thread.
 */
public final class EligibleCounts {
  /** Numbers of one {@link Arrivals}: more than a process lives to see. */
  private static final int NUMBER_BITS = 40;

  private final Map<String, Arrivals> byScope = new ConcurrentHashMap<>();
  private final AtomicLong made = new AtomicLong();

  /** The arrivals of a scope, made on first use. Keep them: a look-up a request is a waste. */
  public Arrivals arrivals(String scope) {
    return byScope.computeIfAbsent(
        scope, unused -> new Arrivals(made.getAndIncrement() << NUMBER_BITS));
  }

  /** The arrivals of a scope, or null when nobody asked for them since they were forgotten. */
  public @Nullable Arrivals known(String scope) {
    return byScope.get(scope);
  }

  /** The counter of a scope, made on first use. */
  public LongAdder counter(String scope) {
    return arrivals(scope).eligible();
  }

  /** The count of a scope, 0 when it never had a request. */
  public long count(String scope) {
    Arrivals arrivals = byScope.get(scope);
    return arrivals == null ? 0 : arrivals.eligible().sum();
  }

  /** Forgets every scope that is not named, so that old experiments do not pile up. */
  public void retainOnly(Set<String> scopes) {
    byScope.keySet().retainAll(scopes);
  }
}
