package io.shadowsentinel.exchange;

import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How many requests were eligible for mirroring, by scope. The proxies count a request here before
 * anything else is done about it, so that what is rated, incomparable or shed can never be more,
 * and the rest is in flight. One instance for a process; any thread.
 */
public final class EligibleCounts {
  private final Map<String, LongAdder> byScope = new ConcurrentHashMap<>();

  /** The counter of a scope, made on first use. Keep it: a look-up for each request is a waste. */
  public LongAdder counter(String scope) {
    return byScope.computeIfAbsent(scope, unused -> new LongAdder());
  }

  /** The count of a scope, 0 when it never had a request. */
  public long count(String scope) {
    LongAdder counter = byScope.get(scope);
    return counter == null ? 0 : counter.sum();
  }

  /** Forgets every scope that is not named, so that old experiments do not pile up. */
  public void retainOnly(Set<String> scopes) {
    byScope.keySet().retainAll(scopes);
  }
}
