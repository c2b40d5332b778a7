package io.shadowsentinel.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.kit.Await;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** What an operator sees and does. Each test has a route of its own. */
@Timeout(120)
class DashboardIT {
  private static Stage stage;
  private static Browser browser;

  @BeforeAll
  static void start(@TempDir Path temp) throws Exception {
    browser = Browser.get();
    stage =
        new Stage(
            temp,
            "",
            "climb",
            "falls",
            "forced",
            "paused",
            "keys",
            "looked-at",
            "alone",
            "quiet",
            "bodies");
  }

  @AfterAll
  static void stop() {
    if (stage != null) {
      stage.close();
    }
  }

  @BeforeEach
  void openPage() {
    browser.open(stage.page());
    browser.awaitText("#connection", "Live");
    // Gone after a reload, so a test can tell that there was none.
    browser.script("window.sameDocument = true");
  }

  private static String card(String route) {
    return "article[data-route=\"" + route + "\"]";
  }

  private static void assertNotReloaded() {
    assertThat(browser.script("return window.sameDocument")).isEqualTo(true);
  }

  @Test
  void rate_withTraffic_climbsToThePromotionWithoutAReload() {
    browser.awaitText(card("climb"), "Waiting for the first request.");

    stage.send("climb", 90, "same");
    stage.send("climb", 10, "differ");
    browser.awaitText(card("climb") + " .progress", "100 of 200");
    browser.awaitText(card("climb") + " .figure", "90.0 %");
    assertThat(browser.text(card("climb"))).contains("On trial", "On course for promotion");
    stage.send("climb", 100, "same");

    browser.awaitText(card("climb") + " .badge", "Promoted");
    assertThat(browser.text(card("climb"))).contains("climb-v2 answers users since", "Standby");
    browser.go("#/decisions");
    browser.awaitText("tr[data-seq]", "95.0 % of 200");
    assertNotReloaded();
  }

  @Test
  void badChallenger_isShownRolledBack_andTheAlertIsOut() {
    stage.send("falls", 200, "differ");

    browser.awaitText(card("falls") + " .badge", "Rolled back");
    browser.awaitText(card("falls") + " .sentence", "0 of 200 agree");
    String alert = stage.alerts().awaitRequest().bodyText();
    assertThat(alert).contains("ROLLBACK").contains("falls");
    assertNotReloaded();
  }

  @Test
  void rollback_confirmedOnThePage_isDoneAndLoggedWithItsReason() {
    browser.go("#/routes/forced");
    browser.click("[data-action=rollback]");
    assertThat(browser.text("dialog"))
        .contains("Roll back forced?", "Users go on getting the answers of forced-v1.");
    browser.type("looked wrong");
    browser.click("dialog button[type=submit]");

    browser.awaitText(".page-head .badge", "Rolled back");
    browser.awaitText("tr[data-seq]", "Looked wrong.");
    assertThat(browser.text("tr[data-seq]")).contains("operator, 127.0.0.1");
    assertThat(browser.has("dialog")).isFalse();
    JsonNode decision = stage.sentinel().route("forced").path("decision");
    assertThat(decision.path("reason").asText()).isEqualTo("looked wrong");
    // What the state allows now is all that is offered.
    assertThat(browser.text(".page-head .buttons")).isEqualTo("Restart");
    assertNotReloaded();
  }

  @Test
  void action_thatTheStateForbidsByNow_showsWhatTheApiSays() {
    browser.go("#/routes/paused");
    browser.click("[data-action=pause]");
    // Somebody else is faster, and the dialog that is open does not know.
    browser.script(
        "return fetch('api/v1/routes/paused/pause', {method: 'POST'}).then((a) => a.status)");
    browser.click("dialog button[type=submit]");

    browser.awaitText("dialog [role=alert]", "already paused");
    browser.type(Keys.ESCAPE);
    browser.awaitText(".page-head .buttons", "Resume");
  }

  @Test
  void keyboard_alone_reachesAndConfirmsARollback() {
    browser.tabTo(".skip");
    browser.tabTo(card("keys") + " a");
    assertThat(browser.script("return getComputedStyle(document.activeElement).outlineStyle"))
        .isEqualTo("solid");
    browser.type(Keys.ENTER);
    browser.awaitText("h1", "keys");
    browser.tabTo("[data-action=rollback]");
    browser.type(Keys.ENTER);
    browser.find("dialog");
    browser.type("by hand", Keys.ENTER);

    browser.awaitText(".page-head .badge", "Rolled back");
    stage.sentinel().awaitState("keys", "ROLLED_BACK");
  }

  @Test
  void route_withConflicts_showsWhereTheModelsDiffer_andDownloadsThem() throws Exception {
    stage.send("looked-at", 40, "same");
    stage.send("looked-at", 6, "differ unsure");
    stage.send("looked-at", 4, "differ");
    Await.until(
        "all are counted",
        () -> stage.sentinel().route("looked-at").at("/experiment/evidence/rated").asLong() == 50);
    browser.go("#/routes/looked-at");

    browser.awaitText(".heat caption", "");
    browser.awaitText("[aria-labelledby=h-confusion]", "80.0 % of 50 rows on the diagonal.");
    browser.awaitText("[aria-labelledby=h-differences]", "/prediction");
    browser.awaitText("[aria-labelledby=h-differences]", "20.0 %");
    browser.find("[aria-labelledby=h-agreement] canvas");
    assertThat(browser.script("return document.querySelectorAll('.conflict').length"))
        .isEqualTo(10L);
    browser.click("#only-high");
    assertThat(browser.script("return document.querySelectorAll('.conflict').length"))
        .isEqualTo(4L);
    browser.click(".conflict summary");
    browser.find(".conflict[open] .details");
    String id =
        stage
            .sentinel()
            .json("/api/v1/conflicts?route=looked-at")
            .get(0)
            .path("requestId")
            .asText();
    assertThat(browser.text(".conflict[open]"))
        .contains(id, "confidence 0.970", "confidence 0.960", "/prediction");

    browser.click(".toolbar .button:last-child");
    Path file = browser.downloads().resolve("looked-at-conflicts.jsonl");
    Await.until("the download is there", () -> Files.exists(file));
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(4);
    assertThat(new ObjectMapper().readTree(lines.get(0)).path("requestId").asText()).isEqualTo(id);
  }

  @Test
  void chart_afterAReload_isStillThere() {
    stage.send("quiet", 30, "same");
    browser.open(stage.page() + "#/routes/quiet");

    browser.awaitText("[aria-labelledby=h-agreement] .key b", "100.0 %");
    assertThat(browser.text("[aria-labelledby=h-latency] .key b")).endsWith("ms");
  }

  @Test
  void states_withoutAChallengerOrARoute_areSaid() {
    assertThat(browser.text(card("alone"))).contains("No challenger", "Nothing is on trial");
    browser.go("#/routes/alone");
    browser.awaitText(".stack > .empty h3", "No challenger");
    assertThat(browser.has(".page-head button")).isFalse();
    browser.go("#/routes/nowhere");
    browser.find(".page > .empty");
    assertThat(browser.text(".page > .empty:not([hidden])")).contains("No such route", "nowhere");
  }

  @Test
  void answers_ofAConflict_areSideBySide_withWhatCountedMarked() {
    String lines =
        (String)
            browser
                .driver()
                .executeAsyncScript(
                    """
                    const done = arguments[0];
                    import('./diff.js').then(({sideBySide}) => {
                      const shown = sideBySide({
                        paths: ['/items/0/price', '/extra'],
                        championBody: '{"id":1,"items":[{"sku":"A","price":19.9}],"unit":"EUR"}',
                        challengerBody: '{"id":2,"items":[{"sku":"A","price":19.900000000000000001}],"unit":"EUR","extra":"<b>x</b>"}',
                      });
                      document.getElementById('content').replaceChildren(shown);
                      done([...shown.querySelectorAll('tbody tr')].map((row) =>
                        [...row.cells].map((cell) => cell.innerText).join('|')).join('\\n'));
                    });
                    """);

    assertThat(lines.lines())
        .containsExactly(
            "{||{",
            "\"id\": 1|~|\"id\": 2",
            "\"items\": [||\"items\": [",
            "{||{",
            "\"sku\": \"A\"||\"sku\": \"A\"",
            "\"price\": 19.9|≠|\"price\": 19.900000000000000001",
            "}||}",
            "]||]",
            "\"unit\": \"EUR\"||\"unit\": \"EUR\"",
            "|≠|\"extra\": \"<b>x</b>\"",
            "}||}");
    assertThat(browser.accessibilityFaults()).isEmpty();
  }

  @Test
  void answers_thatARouteKeeps_areShownAsTheyWere_lessWhatIsRedacted() {
    stage.send("bodies", 1, "differ");
    browser.open(stage.page() + "#/routes/bodies");
    browser.click(".conflict summary");
    // The browser tells of an opened element later, and only then is it filled.
    browser.find(".conflict[open] .diff tbody tr");

    Object cells =
        browser.script(
            "return [...document.querySelectorAll('.conflict[open] .diff tbody tr')].map((row) =>"
                + " [...row.cells].map((cell) => cell.innerText.replace(/\"\\d\"/, '#')).join('|'))");
    assertThat(cells)
        .isEqualTo(
            List.of(
                "{||{",
                "\"prediction\": #|≠|\"prediction\": #",
                "\"probability\": 0.970|~|\"probability\": 0.960",
                "\"unit\": \"[redacted]\"||\"unit\": \"[redacted]\"",
                "}||}"));
    assertThat(browser.text(".conflict[open]")).doesNotContain("not kept", "digit");
  }

  @Test
  void page_inEveryView_asksNoOtherHost_andBreaksNoPolicy() {
    for (String view : List.of("#/routes/looked-at", "#/decisions", "#/")) {
      browser.go(view);
      browser.find(".page");
    }
    Object hosts =
        browser.script(
            "return [...new Set(performance.getEntriesByType('resource')"
                + ".map((each) => new URL(each.name).origin))]");
    assertThat(hosts).isEqualTo(List.of(stage.page().substring(0, stage.page().length() - 1)));
    assertThat(browser.console()).isEmpty();
  }
}
