package io.shadowsentinel.admin;

import io.vertx.ext.web.RoutingContext;
import org.jspecify.annotations.Nullable;

/**
 * How much of large answers may wait for clients to read them, all clients together: the heap is
 * the proxy's. On the event loop.
 */
final class AnswerBudget {
  /** What is smaller is always sent: the number of connections bounds it. In bytes. */
  static final int SMALL = 64 << 10;

  /** In bytes. A single answer may be larger, when it is the only one. */
  static final long MAX = 16L << 20;

  private static final String KEY = "answer-budget";

  private long waiting;

  /** Makes the budget hold for a request. */
  void holdFor(RoutingContext ctx) {
    ctx.put(KEY, this);
  }

  /** The budget that holds for a request, or null. */
  static @Nullable AnswerBudget of(RoutingContext ctx) {
    return ctx.get(KEY);
  }

  /** Takes that much; false when there is not enough left. */
  boolean take(int bytes) {
    if (bytes <= SMALL) {
      return true;
    }
    if (waiting > 0 && waiting + bytes > MAX) {
      return false;
    }
    waiting += bytes;
    return true;
  }

  /** Gives back what was taken. */
  void giveBack(int bytes) {
    if (bytes > SMALL) {
      waiting -= bytes;
    }
  }
}
