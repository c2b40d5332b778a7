package io.shadowsentinel.admin;

import io.netty.util.NetUtil;
import java.util.HexFormat;
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
    String group = group(address);
    Long at = forgottenAt.get(group);
    if (at == null) {
      return 0;
    }
    long left = at - clock.getAsLong();
    if (left <= 0) {
      forgottenAt.remove(group);
      return 0;
    }
    long over = left - (BURST - 1) * NANOS_EACH;
    return over <= 0 ? 0 : (over + TimeUnit.SECONDS.toNanos(1) - 1) / TimeUnit.SECONDS.toNanos(1);
  }

  /** The address showed a wrong one. */
  void failed(String address) {
    long now = clock.getAsLong();
    String group = group(address);
    @Nullable Long at = forgottenAt.get(group);
    long from = at == null || at - now < 0 ? now : at;
    forgottenAt.put(group, from + NANOS_EACH);
  }

  /**
   * What an address is counted under: itself, or the /64 that it is in for IPv6, of which one
   * machine may use any.
   */
  static String group(String address) {
    int zone = address.indexOf('%');
    byte[] bytes =
        NetUtil.createByteArrayFromIpAddressString(zone < 0 ? address : address.substring(0, zone));
    return bytes == null || bytes.length != 16 ? address : HexFormat.of().formatHex(bytes, 0, 8);
  }

  int size() {
    return forgottenAt.size();
  }
}
