package io.shadowsentinel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** For every screen and every reader. */
@Timeout(120)
class DashboardAccessIT {
  private static final List<String> VIEWS =
      List.of("#/", "#/routes/trial", "#/routes/over", "#/routes/alone", "#/decisions");

  private static Stage stage;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path temp) throws Exception {
    browser = Browser.get();
    stage = new Stage(temp, "", "trial", "over", "alone");
    stage.send("trial", 30, "same");
    stage.send("trial", 8, "differ");
    stage.send("over", 200, "differ");
    stage.sentinel().awaitState("over", "ROLLED_BACK");
  }

  @AfterAll
  static void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  private static void show(String view) {
    browser.go(view);
    browser.find(".page h1");
    if (view.contains("trial")) {
      browser.find(".heat");
      browser.find(".conflict");
      browser.find("canvas");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {360, 768, 1440, 3840})
  void everyView_atThisWidth_needsNoSidewaysScrolling(int width) {
    browser.open(stage.page());
    browser.size(width, 900);
    for (String view : VIEWS) {
      show(view);
      assertThat(browser.script("return innerWidth")).isEqualTo((long) width);
      assertThat(
              browser.script(
                  "const root = document.documentElement;"
                      + " return root.scrollWidth - root.clientWidth"))
          .as(view)
          .isEqualTo(0L);
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void everyView_lightOrDark_hasNoSeriousFaultForReaders(boolean dark) {
    browser.open(stage.page());
    browser.dark(dark);
    for (String view : VIEWS) {
      show(view);
      if (view.contains("trial")) {
        browser.click(".conflict summary");
        browser.find(".conflict[open] .details");
      }
      assertThat(browser.accessibilityFaults()).as(view).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void dialog_onASmallScreen_hasNoSeriousFaultForReaders(boolean dark) {
    browser.open(stage.page() + "#/routes/trial");
    browser.dark(dark);
    browser.size(360, 740);
    browser.click("[data-action=promote]");
    browser.find("dialog");

    assertThat(browser.accessibilityFaults()).isEmpty();
  }

  @Test
  void figures_thatChange_moveNothing() {
    browser.open(stage.page());
    browser.find("article[data-route=trial] .figure");
    browser.script(
        """
        window.moved = 0;
        new PerformanceObserver((list) => list.getEntries().forEach((e) => { window.moved += e.value; }))
          .observe({type: 'layout-shift', buffered: false});
        """);
    String before = browser.text("article[data-route=trial] .label");
    stage.send("trial", 60, "same");
    browser.awaitText("article[data-route=trial] .progress", "98 of 200");

    assertThat(browser.text("article[data-route=trial] .label")).isNotEqualTo(before);
    // A score of 0.1 is where a shift begins to be noticed; this is a fraction of a pixel.
    assertThat(((Number) browser.script("return window.moved")).doubleValue()).isLessThan(0.001);
  }
}
