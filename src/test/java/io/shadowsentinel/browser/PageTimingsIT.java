package io.shadowsentinel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.DoubleSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/**
 * Measures the dashboard with 50 routes: when it is first painted, and what its updates cost. Says
 * so on standard output; {@code -Dpage.timings=true}. No figure is held against a bar here: that is
 * for whoever reads them, on a machine that does nothing else.
 */
@EnabledIfSystemProperty(named = "page.timings", matches = "true")
@Timeout(240)
class PageTimingsIT {
  private static final int ROUTES = 50;
  private static final int LOADS = 15;
  private static final int SECONDS = 20;
  private static final String PAINT =
      "return performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? -1";

  private final Browser browser = Browser.get();

  @Test
  void page_withManyRoutes(@TempDir Path temp) throws Exception {
    String[] routes = IntStream.range(0, ROUTES).mapToObj(i -> "route-" + i).toArray(String[]::new);
    try (Stage stage = new Stage(temp, "", routes)) {
      for (String route : routes) {
        stage.send(route, 5, "same");
        stage.send(route, 1, "differ");
      }
      say("first paint, new browser: %.0f ms", paint(stage));
      say(
          "first paint, empty cache: %.0f ms",
          median(
              () -> {
                browser.driver().executeCdpCommand("Network.clearBrowserCache", Map.of());
                return paint(stage);
              }));
      say("first paint, again: %.0f ms", median(() -> paint(stage)));

      say("work of the page's thread, no traffic: %.1f %%", 100 * busy());
      AtomicBoolean ended = new AtomicBoolean();
      Thread traffic = new Thread(() -> traffic(stage, routes, ended), "traffic");
      traffic.start();
      try {
        long before = events();
        say("work of the page's thread, every route at work: %.1f %%", 100 * busy());
        long updates = events() - before;
        assertThat(updates).isPositive();
        say("updates: %.1f a second", (double) updates / SECONDS);
      } finally {
        ended.set(true);
        traffic.join();
      }
    }
  }

  private static void traffic(Stage stage, String[] routes, AtomicBoolean ended) {
    while (!ended.get()) {
      for (String route : routes) {
        stage.send(route, 1, "same");
      }
    }
  }

  private double paint(Stage stage) {
    browser.open(stage.page());
    browser.find("article[data-route=route-49]");
    double painted = ((Number) Objects.requireNonNull(browser.script(PAINT))).doubleValue();
    assertThat(painted).isPositive();
    return painted;
  }

  private static double median(DoubleSupplier measure) {
    double[] all = IntStream.range(0, LOADS).mapToDouble(i -> measure.getAsDouble()).toArray();
    Arrays.sort(all);
    return all[LOADS / 2];
  }

  /** How many pieces of the table of routes have changed, since the page was opened. */
  private long events() {
    return ((Number)
            Objects.requireNonNull(
                browser.script(
                    """
                    if (window.changes === undefined) {
                      window.changes = 0;
                      new MutationObserver(() => window.changes++).observe(document.body,
                          {subtree: true, childList: true, characterData: true, attributes: true});
                    }
                    return window.changes;
                    """)))
        .longValue();
  }

  /** The share of one core that the page's thread uses. */
  private double busy() throws InterruptedException {
    browser.driver().executeCdpCommand("Performance.enable", Map.of("timeDomain", "timeTicks"));
    Map<String, Double> before = metrics();
    Thread.sleep(SECONDS * 1_000L);
    Map<String, Double> after = metrics();
    return (after.get("TaskDuration") - before.get("TaskDuration"))
        / (after.get("Timestamp") - before.get("Timestamp"));
  }

  private Map<String, Double> metrics() {
    Map<String, Double> found = new HashMap<>();
    Map<String, Object> answer =
        browser.driver().executeCdpCommand("Performance.getMetrics", Map.of());
    for (Object metric : (List<?>) Objects.requireNonNull(answer.get("metrics"))) {
      Map<?, ?> named = (Map<?, ?>) metric;
      found.put(
          String.valueOf(named.get("name")),
          ((Number) Objects.requireNonNull(named.get("value"))).doubleValue());
    }
    return found;
  }

  private static void say(String format, Object... arguments) {
    System.out.println("page: " + String.format(Locale.ROOT, format, arguments));
  }
}
