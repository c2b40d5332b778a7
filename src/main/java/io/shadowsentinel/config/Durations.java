package io.shadowsentinel.config;

import java.time.Duration;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Durations as users write them: a whole number and one of {@code us ms s m h}. */
public final class Durations {
  private static final Pattern FORM = Pattern.compile("(0|[1-9][0-9]{0,11})(us|ms|s|m|h)");

  private Durations() {}

  /** Reads {@code 250us}, {@code 500ms}, {@code 30s}, {@code 2m} or {@code 1h}; else empty. */
  public static Optional<Duration> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    long count = Long.parseLong(form.group(1));
    return Optional.of(
        switch (form.group(2)) {
          case "us" -> Duration.ofSeconds(count / 1_000_000, count % 1_000_000 * 1_000);
          case "ms" -> Duration.ofMillis(count);
          case "s" -> Duration.ofSeconds(count);
          case "m" -> Duration.ofMinutes(count);
          default -> Duration.ofHours(count);
        });
  }

  /** The shortest form that {@link #parse} reads back, for durations of whole microseconds. */
  public static String format(Duration duration) {
    if (duration.getNano() % 1_000_000 != 0) {
      return duration.getSeconds() * 1_000_000 + duration.getNano() / 1_000 + "us";
    }
    if (duration.getNano() != 0) {
      return duration.toMillis() + "ms";
    }
    long seconds = duration.getSeconds();
    if (seconds == 0 || seconds % 60 != 0) {
      return seconds + "s";
    }
    return seconds % 3600 == 0 ? seconds / 3600 + "h" : seconds / 60 + "m";
  }
}
