package io.shadowsentinel.gate;

import java.time.Duration;
import java.util.Locale;

/** Figures as people read them. */
public final class FigureText {
  private FigureText() {}

  public static String share(Share share) {
    return share.whole() == 0
        ? "none"
        : String.format(Locale.ROOT, "%.4f (%d of %d)", share.rate(), share.part(), share.whole());
  }

  /** Four digits that count, whatever the size. */
  public static String number(double value) {
    double size = Math.abs(value);
    if (Double.isNaN(value)) {
      return "none";
    }
    if (size != 0 && (size < 1e-3 || size >= 1e7)) {
      return String.format(Locale.ROOT, "%.3e", value);
    }
    return String.format(Locale.ROOT, size >= 1000 ? "%.1f" : "%.4f", value);
  }

  public static String ratio(LatencyRatio ratio) {
    return String.format(
        Locale.ROOT, "%.3f (95 %% %.3f..%.3f)", ratio.median(), ratio.low(), ratio.high());
  }

  public static String time(Duration duration) {
    double micros = duration.toNanos() / 1e3;
    return micros < 1_000
        ? String.format(Locale.ROOT, "%.1f us", micros)
        : String.format(Locale.ROOT, "%.3f ms", micros / 1e3);
  }

  static String times(Latencies latency) {
    return "p50 %s, p95 %s, p99 %s"
        .formatted(time(latency.p50()), time(latency.p95()), time(latency.p99()));
  }
}
