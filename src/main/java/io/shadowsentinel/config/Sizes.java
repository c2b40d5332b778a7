package io.shadowsentinel.config;

import java.math.BigInteger;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sizes in bytes as users write them: a whole number, and perhaps a unit. {@code KiB MiB GiB} count
 * in 1024, {@code kB KB MB GB} in 1000.
 */
public final class Sizes {
  private static final Pattern FORM =
      Pattern.compile("(0|[1-9][0-9]{0,17})(B|kB|KB|KiB|MB|MiB|GB|GiB)?");

  private static final Map<String, Long> BYTES =
      Map.of(
          "B", 1L,
          "kB", 1_000L,
          "KB", 1_000L,
          "KiB", 1L << 10,
          "MB", 1_000_000L,
          "MiB", 1L << 20,
          "GB", 1_000_000_000L,
          "GiB", 1L << 30);

  private Sizes() {}

  /** Reads {@code 1MiB}, {@code 64KiB}, {@code 1MB} or {@code 4096}, in bytes; else empty. */
  public static OptionalLong parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return OptionalLong.empty();
    }
    String unit = form.group(2);
    BigInteger bytes =
        new BigInteger(form.group(1))
            .multiply(BigInteger.valueOf(unit == null ? 1 : BYTES.get(unit)));
    return bytes.bitLength() > 63 ? OptionalLong.empty() : OptionalLong.of(bytes.longValue());
  }

  /** The shortest form that {@link #parse} reads back, in units of 1024. */
  public static String format(long bytes) {
    for (String unit : new String[] {"GiB", "MiB", "KiB"}) {
      long size = BYTES.get(unit);
      if (bytes != 0 && bytes % size == 0) {
        return bytes / size + unit;
      }
    }
    return bytes + "B";
  }
}
