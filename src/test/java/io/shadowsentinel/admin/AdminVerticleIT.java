package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.decide.Decision;
import java.io.File;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AdminVerticleIT {
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    admin = new AdminFixture((String) null);
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .with(DecisionStandIn.shadowing("a b/c", DecisionStandIn.evidence(1, 0)))
        .with(DecisionStandIn.alone("plain"))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @Test
  void routes_areAnArrayInTableOrder() throws Exception {
    HttpResponse<String> answer = get("/api/v1/routes");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(json(answer).findValuesAsText("state"))
        .containsExactly("SHADOWING", "SHADOWING", "NO_CHALLENGER");
    assertThat(json(answer).get(0).at("/experiment/evidence/rated").asLong()).isEqualTo(160);
  }

  @Test
  void route_byName_isOneObject() throws Exception {
    assertThat(json(get("/api/v1/routes/digits")).path("name").asText()).isEqualTo("digits");
    assertThat(json(get("/api/v1/routes/a%20b%2Fc")).path("name").asText()).isEqualTo("a b/c");
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/api/v1/routes/nobody,404,urn:shadow-sentinel:problem:no-such-route",
    "POST,/api/v1/routes/nobody/pause,404,urn:shadow-sentinel:problem:no-such-route",
    "GET,/nowhere,404,about:blank",
    "POST,/api/v1/routes/digits/explode,404,about:blank",
    "POST,/api/v1/routes/digits/resume,409,urn:shadow-sentinel:problem:refused",
    "POST,/api/v1/routes/plain/rollback,409,urn:shadow-sentinel:problem:refused",
    "GET,/api/v1/decisions?limit=0,400,about:blank",
    "GET,/api/v1/decisions?limit=1001,400,about:blank",
    "GET,/api/v1/decisions?limit=-1,400,about:blank",
    "GET,/api/v1/conflicts?limit=ten,400,about:blank",
    "GET,/api/v1/conflicts?limit=99999999999999999999,400,about:blank",
    "GET,/api/v1/conflicts?limit=1&limit=2,400,about:blank",
    "GET,/api/v1/conflicts?route=,400,about:blank",
    "GET,/api/v1/routes/%zz,400,about:blank"
  })
  void badCall_isAnsweredWithAProblem(String method, String path, int status, String type)
      throws Exception {
    String answer =
        admin.raw(
            method
                + " "
                + path
                + " HTTP/1.1\r\nHost: 127.0.0.1\r\n"
                + "Content-Length: 0\r\nConnection: close\r\n\r\n");

    assertThat(answer).startsWith("HTTP/1.1 " + status + " ");
    assertThat(answer.toLowerCase(java.util.Locale.ROOT))
        .contains("content-type: application/problem+json");
    JsonNode problem = AdminJson.mapper().readTree(answer.substring(answer.indexOf("\r\n\r\n")));
    assertThat(problem.path("type").asText()).isEqualTo(type);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("title").asText()).isNotEmpty();
    assertThat(problem.path("detail").asText()).isNotEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/api/v1/routes/digits/rollback|POST",
        "DELETE|/api/v1/routes/digits/rollback|POST",
        "POST|/api/v1/routes|GET, HEAD",
        "PUT|/api/v1/routes/digits|GET, HEAD",
        "POST|/metrics|GET, HEAD",
        "POST|/api/v1/events|GET",
        "POST|/|GET, HEAD"
      })
  void otherMethod_isNotAllowed_andToldWhichIs(String method, String path, String allow)
      throws Exception {
    HttpResponse<String> answer = admin.send(method, path, null);

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).contains(allow);
    assertThat(json(answer).path("status").asInt()).isEqualTo(405);
  }

  @Test
  void head_isAnsweredWithoutBody() throws Exception {
    HttpResponse<String> answer = admin.send("HEAD", "/health/ready", null);

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void action_withReason_isCarriedOutAndLogged() throws Exception {
    HttpResponse<String> answer = post("/api/v1/routes/digits/rollback", "{\"reason\":\"slow\"}");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(json(answer).path("state").asText()).isEqualTo("ROLLED_BACK");
    Decision logged = admin.decisions.log().get(0);
    assertThat(logged.reason()).isEqualTo("slow");
    assertThat(logged.origin()).isEqualTo("127.0.0.1");
    assertThat(logged.by()).isEqualTo(Decision.By.OPERATOR);
  }

  @Test
  void everyAction_withoutBody_isCarriedOut() throws Exception {
    for (String[] step :
        new String[][] {
          {"pause", "PAUSED"},
          {"resume", "SHADOWING"},
          {"promote", "PROMOTED"},
          {"rollback", "ROLLED_BACK"},
          {"restart", "SHADOWING"}
        }) {
      HttpResponse<String> answer = admin.send("POST", "/api/v1/routes/digits/" + step[0], null);
      assertThat(answer.statusCode()).as(step[0]).isEqualTo(200);
      assertThat(json(answer).path("state").asText()).isEqualTo(step[1]);
    }
    assertThat(admin.decisions.log()).hasSize(5).allMatch(d -> d.reason().isEmpty());
  }

  @Test
  void action_refused_tellsWhyAndTheState() throws Exception {
    JsonNode problem = json(post("/api/v1/routes/digits/resume", "{}"));

    assertThat(problem.path("state").asText()).isEqualTo("SHADOWING");
    assertThat(problem.path("detail").asText()).contains("digits is SHADOWING");
  }

  @Test
  void action_notStored_is503() throws Exception {
    admin.decisions.failStorage("No space left on device");

    HttpResponse<String> answer = post("/api/v1/routes/digits/pause", "{}");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(json(answer).path("type").asText()).isEqualTo(Problem.NOT_STORED);
    assertThat(json(answer).path("detail").asText()).isEqualTo("No space left on device");
  }

  @Test
  void rollback_notStored_isDoneAndSaysThatARestartWouldUndoIt() throws Exception {
    post("/api/v1/routes/digits/pause", "{}");
    assertThat(json(get("/api/v1/routes/digits")).path("durable").asBoolean()).isTrue();
    admin.decisions.failStorage("No space left on device");

    HttpResponse<String> answer = post("/api/v1/routes/digits/rollback", "{}");

    assertThat(answer.statusCode()).isEqualTo(200);
    JsonNode route = json(answer);
    assertThat(route.path("state").asText()).isEqualTo("ROLLED_BACK");
    assertThat(route.path("durable")).hasToString("false");
    assertThat(route.path("warning").asText()).contains("a restart before that would undo it");
    JsonNode decisions = json(get("/api/v1/decisions?route=digits"));
    assertThat(decisions.findValuesAsText("decision")).containsExactly("ROLLBACK", "PAUSE");
    assertThat(decisions.get(0).path("durable")).hasToString("false");
    assertThat(decisions.get(1).has("durable")).isFalse();
    assertThat(json(get("/api/v1/decisions?limit=1")).findValuesAsText("decision"))
        .containsExactly("ROLLBACK");
  }

  @Test
  void rename_isNothingThatAnOperatorMayAskFor() throws Exception {
    assertThat(post("/api/v1/routes/digits/rename", "{}").statusCode()).isEqualTo(404);
  }

  @Test
  void action_withBadBody_changesNothing() throws Exception {
    HttpResponse<String> answer = post("/api/v1/routes/digits/pause", "{\"why\":\"x\"}");

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("detail").asText())
        .isEqualTo("why: unknown member (expected reason)");
    assertThat(admin.decisions.log()).isEmpty();
  }

  @Test
  void action_withBodyAtTheBound_isReadAndAboveRefused() throws Exception {
    String most = "{}" + " ".repeat(AdminRouter.MAX_BODY - 2);

    assertThat(post("/api/v1/routes/digits/pause", most).statusCode()).isEqualTo(200);
    HttpResponse<String> answer = post("/api/v1/routes/digits/resume", most + " ");

    assertThat(answer.statusCode()).isEqualTo(413);
    assertThat(json(answer).path("detail").asText()).contains("16384");
    assertThat(admin.decisions.log()).hasSize(1);
  }

  @Test
  void decisions_areNewestFirstFilteredAndLimited() throws Exception {
    post("/api/v1/routes/digits/pause", "{\"reason\":\"one\"}");
    post("/api/v1/routes/a%20b%2Fc/pause", "{\"reason\":\"two\"}");
    post("/api/v1/routes/digits/resume", "{\"reason\":\"three\"}");

    assertThat(json(get("/api/v1/decisions")).findValuesAsText("reason"))
        .containsExactly("three", "two", "one");
    assertThat(json(get("/api/v1/decisions?limit=1")).findValuesAsText("reason"))
        .containsExactly("three");
    assertThat(json(get("/api/v1/decisions?route=digits&limit=1000")).findValuesAsText("reason"))
        .containsExactly("three", "one");
    admin.decisions.remove("digits");
    assertThat(json(get("/api/v1/decisions?route=digits"))).hasSize(2);
    for (String list : List.of("decisions", "conflicts")) {
      HttpResponse<String> unheardOf = get("/api/v1/" + list + "?route=gone");
      assertThat(unheardOf.statusCode()).isEqualTo(404);
      assertThat(json(unheardOf).path("detail").asText())
          .isEqualTo("route gone is neither in the table nor in the decision log");
    }
  }

  @Test
  void insights_areTold() throws Exception {
    assertThat(get("/api/v1/routes/digits/differences").body())
        .hasToString(
            "{\"route\":\"digits\",\"experiment\":\"e1\",\"compared\":4,\"paths\":["
                + "{\"path\":\"/items/*/price\",\"count\":2,\"overcount\":0,\"rate\":0.5,"
                + "\"firstSeen\":\"2026-03-01T10:00:00Z\",\"lastSeen\":\"2026-03-01T10:00:00Z\","
                + "\"samples\":[{\"time\":\"2026-03-01T10:00:00Z\",\"requestId\":\"req-1\","
                + "\"pointer\":\"/items/3/price\"}]}],\"dropped\":0,\"noise\":[\"/id\"]}");
    assertThat(get("/api/v1/routes/digits/confusion").body())
        .hasToString(
            "{\"route\":\"digits\",\"experiment\":\"e1\",\"rows\":3,\"rowsAgree\":2,"
                + "\"rowsBeyond\":0,\"labels\":[\"7\"],\"counts\":[[2,1],[0,0]]}");
    assertThat(get("/api/v1/routes/digits/latency").body())
        .hasToString(
            "{\"route\":\"digits\",\"experiment\":\"e1\",\"champion\":{\"name\":\"v1\","
                + "\"requests\":4,\"errors\":1,\"errorRate\":0.25,"
                + "\"errorsByKind\":{\"timed_out\":1},\"latencyMillis\":{\"count\":3,"
                + "\"p50\":1.5,\"p95\":2.0,\"p99\":3.0,\"max\":4.0}},\"challenger\":null}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"differences", "confusion", "latency"})
  void insights_ofNoSuchRoute_are404(String part) throws Exception {
    assertThat(get("/api/v1/routes/nope/" + part).statusCode()).isEqualTo(404);
  }

  @Test
  void conflicts_areTold() throws Exception {
    admin.decisions.add(
        new Conflict(
            DecisionStandIn.START,
            "digits",
            "digits-1",
            "req-1",
            "/v2/models/digits/infer",
            "disagree",
            null,
            0,
            "3",
            0.97,
            "8",
            0.95,
            true,
            List.of("/outputs/0/data/0"),
            1));

    JsonNode conflict = json(get("/api/v1/conflicts?route=digits")).get(0);

    assertThat(conflict.path("requestId").asText()).isEqualTo("req-1");
    assertThat(conflict.path("championLabel").asText()).isEqualTo("3");
    assertThat(conflict.path("time").asText()).isEqualTo("2026-03-01T10:00:00Z");
    assertThat(conflict.has("reason")).isTrue();
    assertThat(json(get("/api/v1/conflicts?route=plain"))).isEmpty();
  }

  @Test
  void health_live_isSoWhileEveryEventLoopAnswers() throws Exception {
    assertThat(json(get("/health/live")).path("status").asText()).isEqualTo("live");

    admin.stuck.add("event loop proxy-1 has not answered for 12 s");
    HttpResponse<String> stuck = get("/health/live");

    assertThat(stuck.statusCode()).isEqualTo(503);
    assertThat(json(stuck).path("status").asText()).isEqualTo("stuck");
    assertThat(stuck.body()).contains("proxy-1 has not answered for 12 s");
  }

  @Test
  void health_ready_isReadyDegradedOrNot() throws Exception {
    assertThat(get("/health/live").statusCode()).isEqualTo(200);
    assertThat(json(get("/health/ready")).path("status").asText()).isEqualTo("ready");

    admin.decisions.failStorage("read-only");
    HttpResponse<String> degraded = get("/health/ready");
    assertThat(degraded.statusCode()).isEqualTo(200);
    assertThat(json(degraded).path("status").asText()).isEqualTo("degraded");
    assertThat(degraded.body()).contains("read-only");

    admin.notReady.add(new Readiness.NotReady("proxy", "not listening yet"));
    HttpResponse<String> unready = get("/health/ready");
    assertThat(unready.statusCode()).isEqualTo(503);
    assertThat(json(unready).path("status").asText()).isEqualTo("not_ready");
    assertThat(unready.body()).contains("not listening yet");
  }

  @Test
  void withoutDecisions_apiAndReadinessSay503AndLivenessDoesNot() throws Exception {
    try (AdminFixture alone = new AdminFixture((String) null)) {
      for (String path : List.of("/api/v1/routes", "/api/v1/decisions", "/api/v1/events")) {
        HttpResponse<String> answer = alone.send("GET", path, null);
        assertThat(answer.statusCode()).as(path).isEqualTo(503);
        assertThat(json(answer).path("type").asText()).isEqualTo(Problem.UNAVAILABLE);
      }
      assertThat(alone.send("POST", "/api/v1/routes/x/pause", null).statusCode()).isEqualTo(503);
      assertThat(alone.send("GET", "/health/ready", null).statusCode()).isEqualTo(503);
      assertThat(alone.send("GET", "/health/live", null).statusCode()).isEqualTo(200);
      assertThat(alone.send("GET", "/metrics", null).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void metrics_passPromtool_inBothFormats() throws Exception {
    Counter.builder("shadow.sentinel.requests")
        .description("Requests")
        .tags("route", "digits", "code", "200")
        .register(admin.registry)
        .increment();

    HttpResponse<String> text = get("/metrics");
    HttpResponse<String> open =
        admin.send(
            "GET", "/metrics", null, "Accept", "application/openmetrics-text;version=1.0.0,*/*");

    assertThat(text.headers().firstValue("Content-Type")).contains(MetricsApi.TEXT);
    assertThat(text.body())
        .contains("shadow_sentinel_requests_total{code=\"200\",route=\"digits\"} 1.0")
        .contains("shadow_sentinel_admin_event_clients 0.0");
    assertThat(open.headers().firstValue("Content-Type")).contains(MetricsApi.OPEN_METRICS);
    assertThat(open.body()).endsWith("# EOF\n");
    assertThat(promtool(text.body())).isEmpty();
  }

  @Test
  void dashboard_isServedWhole_underAStrictPolicy() throws Exception {
    HttpResponse<String> page = get("/");

    assertThat(page.headers().firstValue("Content-Type")).contains("text/html; charset=utf-8");
    assertThat(page.headers().firstValue("Content-Security-Policy")).contains(Dashboard.POLICY);
    assertThat(page.body()).doesNotContain("style=").doesNotContainPattern("<script>|onclick");
    Matcher named = Pattern.compile("(?:href|src)=\"([a-z.]+)\"").matcher(page.body());
    Set<String> files = named.results().map(each -> each.group(1)).collect(Collectors.toSet());
    assertThat(files).contains("main.js", "dashboard.css", "uplot.css", "favicon.svg");
    for (String file : files) {
      assertThat(get("/" + file).statusCode()).as(file).isEqualTo(200);
    }
  }

  @Test
  void dashboard_everyModule_importsWhatIsServed_andWritesNoMarkup() throws Exception {
    Set<String> seen = new HashSet<>();
    Deque<String> next = new ArrayDeque<>(List.of("main.js"));
    while (!next.isEmpty()) {
      String file = next.removeFirst();
      if (!seen.add(file)) {
        continue;
      }
      HttpResponse<String> script = get("/" + file);
      assertThat(script.statusCode()).as(file).isEqualTo(200);
      assertThat(script.headers().firstValue("Content-Type"))
          .contains("text/javascript; charset=utf-8");
      if (!file.equals("uplot.js")) {
        assertThat(script.body()).as(file).doesNotContain("innerHTML", "http://localhost");
        Pattern.compile("(?:from|import\\() ?'\\./([a-z]+\\.js)'")
            .matcher(script.body())
            .results()
            .forEach(each -> next.add(each.group(1)));
      }
    }
    assertThat(seen).contains("route.js", "charts.js", "uplot.js", "diff.js");
  }

  @Test
  void dashboard_fileThatTheBrowserHas_isNotSentAgain() throws Exception {
    String tag = get("/main.js").headers().firstValue("ETag").orElseThrow();

    HttpResponse<String> again = admin.send("GET", "/main.js", null, "If-None-Match", tag);
    HttpResponse<String> other = admin.send("GET", "/main.js", null, "If-None-Match", "\"no\"");

    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void history_isTold_byResolutionAndSince() throws Exception {
    assertThat(get("/api/v1/routes/digits/history?resolution=minute&since=1700000000").body())
        .isEqualTo(
            "{\"route\":\"digits\",\"stepSeconds\":60,\"kept\":360,\"times\":[1700000000],"
                + "\"rated\":[4],\"agree\":[3],\"champion\":{\"p50\":[1.5],\"p99\":[3.0]},"
                + "\"challenger\":{\"p50\":[null],\"p99\":[null]},"
                + "\"configChanges\":[\"2026-03-01T10:00:00Z\"]}");
    assertThat(json(get("/api/v1/routes/digits/history")).path("stepSeconds").asInt()).isOne();
    assertThat(get("/api/v1/routes/nope/history").statusCode()).isEqualTo(404);
  }

  @ParameterizedTest
  @CsvSource({
    "resolution=hour, resolution: hour (expected second or minute)",
    "since=-1, since: -1 (expected whole seconds since 1970)",
    "since=1234567890123, since: 1234567890123 (expected whole seconds since 1970)",
  })
  void history_ofWhatThereIsNot_isRefused(String query, String detail) throws Exception {
    HttpResponse<String> answer = get("/api/v1/routes/digits/history?" + query);

    assertThat(answer.statusCode()).isEqualTo(400);
    assertThat(json(answer).path("detail").asText()).isEqualTo(detail);
  }

  @Test
  void latency_ofAllRoutes_isToldAtOnce() throws Exception {
    JsonNode all = json(get("/api/v1/latency"));

    assertThat(all.isArray()).isTrue();
    assertThat(all.findValuesAsText("route")).contains("digits");
    assertThat(all.get(0).path("champion").path("latencyMillis").path("p99").asDouble())
        .isEqualTo(3);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return admin.send("GET", path, null);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return admin.send("POST", path, body, "Content-Type", "application/json; charset=utf-8");
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return AdminJson.mapper().readTree(answer.body());
  }

  /** What promtool has to say about a scrape: nothing, when it is well-formed. */
  private static String promtool(String scrape) throws Exception {
    assertThat(new File("/usr/bin/promtool")).as("Debian's package prometheus").exists();
    Process process =
        new ProcessBuilder("/usr/bin/promtool", "check", "metrics")
            .redirectErrorStream(true)
            .start();
    try (var in = process.getOutputStream()) {
      in.write(scrape.getBytes(StandardCharsets.UTF_8));
    }
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
    return process.exitValue() == 0 ? said : said + " exit " + process.exitValue();
  }
}
