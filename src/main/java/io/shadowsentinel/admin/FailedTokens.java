package io.shadowsentinel.admin;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down who guesses tokens: after {@value #BURST} wrong ones an address may try one every
 * {@value #SECONDS_EACH} s, and meanwhile nothing that it shows is looked at. Others are not
 * concerned. Bound to one event loop.
 */
final class FailedTokens {
  static final int BURST = 10;
  static final int SECONDS_EACH = 6;

  /** Addresses that are remembered; the one that failed least lately makes way for another. */
  static final int MAX_ADDRESSES = 10_000;

  private static final long NANOS_EACH = TimeUnit.SECONDS.toNanos(SECONDS_EACH);

  /** When all of an address's failures will be forgotten, by the clock. */
  private final Map<String, Long> forgottenAt =
      new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > MAX_ADDRESSES;
        }
      };

  private final LongSupplier clock;

  /**
   * @param clock as {@link System#nanoTime()}
   */
  FailedTokens(LongSupplier clock) {
    this.clock = clock;
  }

  /** How many seconds the address has to wait before it is heard; 0 for not at all. */
  long secondsToWait(String address) {
    Long at = forgottenAt.get(address);
    if (at == null) {
      return 0;
    }
    long left = at - clock.getAsLong();
    if (left <= 0) {
      forgottenAt.remove(address);
      return 0;
    }
    long over = left - (BURST - 1) * NANOS_EACH;
    return over <= 0 ? 0 : (over + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }

  /** The address showed a wrong one. */
  void failed(String address) {
    long now = clock.getAsLong();
    @Nullable Long at = forgottenAt.get(address);
    long from = at == null || at - now < 0 ? now : at;
    forgottenAt.put(address, from + NANOS_EACH);
  }

  int size() {
    return forgottenAt.size();
  }
}
