package io.shadowsentinel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** Takes the pictures of the documentation: {@code -Dscreenshots=docs/screenshots}. */
@EnabledIfSystemProperty(named = "screenshots", matches = ".+")
@Timeout(240)
class ScreenshotIT {
  private static final Duration LONG = Duration.ofSeconds(120);
  private static final int LARGEST_BYTES = 200_000;

  private final Path pictures = Path.of(System.getProperty("screenshots", "target"));

  @Test
  void everyView_lightAndDark_wideAndNarrow(@TempDir Path temp) throws Exception {
    Browser browser = Browser.get();
    Files.createDirectories(pictures);
    try (Exhibition shown = new Exhibition(temp)) {
      browser.open(shown.page());
      shown.traffic("sentiment", 9, 330);
      shown.traffic("recommend", 8, 200);
      shown.traffic("fraud", 6, 130);
      shown.traffic("digits", 7, 1_000);
      shown.sentinel().awaitState("fraud", "SHADOWING");
      awaitRated(shown, "fraud", 130);
      shown.act(browser, "fraud", "pause", "challenger answers 503 now and then");
      awaitRated(shown, "digits", 240);

      for (boolean dark : new boolean[] {false, true}) {
        String tone = dark ? "dark" : "light";
        browser.dark(dark);
        browser.go("#/");
        browser.awaitText("article[data-route=fraud] .badge", "Paused");
        picture(browser, "overview-" + tone, 1440, 2000);
        browser.go("#/routes/digits");
        browser.find(".conflict");
        browser.find("canvas");
        browser.find(".heat td.same");
        picture(browser, "route-" + tone, 1440, 3200);
        browser.size(360, 800);
        picture(browser, "route-360-" + tone, 360, 4000);
        browser.go("#/");
        picture(browser, "overview-360-" + tone, 360, 1600);
        browser.go("#/routes/recommend");
        browser.size(1440, 900);
        browser.click(".conflict summary");
        browser.find(".conflict[open] .details");
        part(browser, "conflict-" + tone, "[aria-labelledby=h-conflicts]", 560);
        browser.go("#/decisions");
        picture(browser, "decisions-" + tone, 1440, 900);
        picture(browser, "decisions-360-" + tone, 360, 1200);
        browser.go("#/routes/digits");
        browser.size(1440, 900);
        browser.click("[data-action=rollback]");
        browser.type("conflicts on the digit 7");
        picture(browser, "action-" + tone, 1440, 900);
        browser.click("dialog button[type=button]");
      }
    }
  }

  private static void awaitRated(Exhibition shown, String route, long count) {
    Await.value(
        route + " has " + count,
        LONG,
        () -> shown.sentinel().route(route).at("/experiment/evidence/rated").asLong(),
        rated -> rated >= count);
  }

  /** Takes the page as it is at that width, as high as it is and no higher than that. */
  private void picture(Browser browser, String name, int width, int atMost) throws IOException {
    browser.size(width, 900);
    // Two frames: one in which the charts learn of their width, and one in which they draw.
    browser
        .driver()
        .executeAsyncScript(
            "const done = arguments[0];"
                + "requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 150)))");
    browser.script("scrollTo(0, 0)");
    Number height = (Number) browser.script("return document.documentElement.scrollHeight");
    take(browser, name, 0, 0, width, Math.min(Objects.requireNonNull(height).longValue(), atMost));
  }

  /** Takes one part of the page, and a little around it. */
  private void part(Browser browser, String name, String css, int atMost) throws IOException {
    browser.script("scrollTo(0, 0)");
    List<?> box =
        (List<?>)
            browser.script(
                "const box = document.querySelector(arguments[0]).getBoundingClientRect();"
                    + " return [box.x, box.y, box.width, box.height].map(Math.round)",
                css);
    long[] at =
        Objects.requireNonNull(box).stream().mapToLong(n -> ((Number) n).longValue()).toArray();
    take(browser, name, at[0] - 16, at[1] - 16, at[2] + 32, Math.min(at[3] + 32, atMost));
  }

  private void take(Browser browser, String name, long x, long y, long width, long height)
      throws IOException {
    Map<String, Object> taken =
        browser
            .driver()
            .executeCdpCommand(
                "Page.captureScreenshot",
                Map.of(
                    "format",
                    "png",
                    "captureBeyondViewport",
                    true,
                    "clip",
                    Map.of("x", x, "y", y, "width", width, "height", height, "scale", 1)));
    byte[] png = Png.small(Base64.getDecoder().decode((String) taken.get("data")));
    Files.write(pictures.resolve(name + ".png"), png);
    assertThat(png.length).as(name).isLessThan(LARGEST_BYTES);
  }
}
