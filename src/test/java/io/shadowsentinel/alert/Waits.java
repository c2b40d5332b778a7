package io.shadowsentinel.alert;

import io.shadowsentinel.kit.Await;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waiting for something that happens elsewhere, with a bound. */
final class Waits {
  private Waits() {}

  static final long BOUND_SECONDS = 30;

  static <T> T get(Future<T> future) {
    try {
      return future.toCompletionStage().toCompletableFuture().get(BOUND_SECONDS, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  static void until(String what, BooleanSupplier condition) {
    Await.until(what, Duration.ofSeconds(BOUND_SECONDS), condition);
  }
}
