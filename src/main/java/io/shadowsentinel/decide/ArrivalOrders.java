package io.shadowsentinel.decide;

import io.shadowsentinel.exchange.Arrivals;
import io.shadowsentinel.exchange.EligibleCounts;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The order of arrival of every scope that requests may still be under way of: as long as the
 * process counts its arrivals, also when no ledger counts it any more. One thread.
 */
final class ArrivalOrders {
  private final EligibleCounts eligible;
  private final Map<String, ArrivalOrder> byScope = new HashMap<>();

  ArrivalOrders(EligibleCounts eligible) {
    this.eligible = eligible;
  }

  /** The order of a scope; null when nobody counts its arrivals. */
  @Nullable ArrivalOrder of(String scope) {
    Arrivals arrivals = eligible.known(scope);
    if (arrivals == null) {
      return null;
    }
    ArrivalOrder order = byScope.get(scope);
    if (order == null || !order.isOf(arrivals)) {
      order = new ArrivalOrder(arrivals);
      byScope.put(scope, order);
    }
    return order;
  }

  /** Forgets those of which nobody counts the arrivals any more. */
  void forgetOld() {
    byScope.keySet().removeIf(scope -> eligible.known(scope) == null);
  }
}
