package io.shadowsentinel.cli;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/** Reads a short duration: a number and ns, us, ms or s, such as {@code 5ms} or {@code 1.5s}. */
final class LatencyConverter implements ITypeConverter<Duration> {

  private static final Pattern FORM = Pattern.compile("(\\d{1,12}(?:\\.\\d{1,9})?)(ns|us|ms|s)");
  private static final Map<String, Integer> ZEROS = Map.of("ns", 0, "us", 3, "ms", 6, "s", 9);
  private static final BigDecimal LONGEST = BigDecimal.valueOf(Duration.ofDays(1).toNanos());

  @Override
  public Duration convert(String text) {
    Matcher matcher = FORM.matcher(text);
    if (matcher.matches()) {
      BigDecimal nanos =
          new BigDecimal(matcher.group(1))
              .scaleByPowerOfTen(ZEROS.getOrDefault(matcher.group(2), 0));
      if (nanos.compareTo(BigDecimal.ONE) >= 0 && nanos.compareTo(LONGEST) <= 0) {
        return Duration.ofNanos(nanos.longValue());
      }
    }
    throw new TypeConversionException(
        "'" + text + "' (expected a duration such as 500us, 5ms or 1s)");
  }
}
