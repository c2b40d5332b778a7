package io.shadowsentinel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.kit.Await;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** A server that wants a token, and one that goes away. */
@Timeout(120)
class DashboardTokenIT {
  private static final String TOKEN = "only-operators-know";

  private static Stage stage;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path temp) throws Exception {
    browser = Browser.get();
    stage = new Stage(temp, "token: " + TOKEN, "guarded", "second");
  }

  @AfterAll
  static void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  private static void ask(String action) {
    browser.click("[data-action=" + action + "]");
    browser.click("dialog button[type=submit]");
  }

  @Test
  void rollback_withAToken_isAskedForOnce_andKeptNowhere() {
    browser.open(stage.page() + "#/routes/guarded");
    ask("rollback");
    browser.awaitText("dialog [role=alert]", "This instance asks for its admin token.");
    assertThat(stage.sentinel().route("guarded").path("state").asText()).isEqualTo("SHADOWING");

    browser.type("not-the-token");
    browser.click("dialog button[type=submit]");
    browser.awaitText("dialog [role=alert]", "Authorization: wrong");
    browser.script("document.getElementById('dialog-token').value = ''");
    browser.type(TOKEN);
    browser.click("dialog button[type=submit]");
    browser.awaitText(".page-head .badge", "Rolled back");

    ask("restart");
    browser.awaitText(".page-head .badge", "On trial");
    assertThat(browser.script("return localStorage.length + sessionStorage.length")).isEqualTo(0L);
    assertThat(browser.script("return document.cookie")).isEqualTo("");
    browser.open(stage.page() + "#/routes/guarded");
    ask("rollback");
    browser.awaitText("dialog [role=alert]", "This instance asks for its admin token.");
  }

  @Test
  void reading_thatTakesAToken_isAskedForAtOnce_andAViewerMayNotAct(@TempDir Path temp)
      throws Exception {
    String viewer = "one-who-only-looks";
    String admin =
        "readAccess: token, tokens: [ { name: eve, role: viewer, token: "
            + viewer
            + " }, { name: ada, role: operator, token: "
            + TOKEN
            + " } ]";
    try (Stage closed = new Stage(temp, admin, "hidden")) {
      browser.open(closed.page());
      browser.awaitText("dialog", "This instance asks for a token");
      assertThat(browser.has("article[data-route]")).isFalse();
      browser.type(viewer, Keys.ENTER);
      browser.awaitText("article[data-route=hidden]", "On trial");

      browser.go("#/routes/hidden");
      ask("pause");
      browser.awaitText("dialog [role=alert]", "token eve: a viewer's");
      browser.type(TOKEN, Keys.ENTER);
      browser.awaitText(".page-head .badge", "Paused");
      browser.awaitText("tr[data-seq]", "operator ada, 127.0.0.1");
    }
  }

  @Test
  void server_goneAndBack_isSaid_andTheFiguresGoOn() {
    browser.open(stage.page());
    stage.send("second", 20, "same");
    browser.awaitText("article[data-route=second] .progress", "20 of 200");
    browser.script("window.sameDocument = true");

    stage.kill();
    browser.awaitText("#connection", "Reconnecting");
    browser.awaitText("#notice", "What you see is of");
    assertThat(browser.text("article[data-route=second] .progress")).contains("of 200");
    stage.startAgain();
    browser.awaitText("#connection", "Live");
    stage.send("second", 20, "same");

    // How much evidence the kill cost, up to a second of it, is not this test's concern.
    JsonNode evidence =
        Await.value(
            "all that came after it is counted",
            () -> stage.sentinel().route("second").at("/experiment/evidence"),
            each -> each.path("rated").asLong() >= 20 && each.path("inFlight").asLong() == 0);
    browser.awaitText(
        "article[data-route=second] .progress", evidence.path("rated").asLong() + " of 200");
    assertThat(browser.has("#notice")).isFalse();
    assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
  }
}
