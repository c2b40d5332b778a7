package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.Reply;
import io.shadowsentinel.kit.TestCa;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real Prometheus looks at the real program: what the rules and the dashboard ask for is there,
 * and a rollback sets an alarm off.
 */
@Timeout(240)
class PrometheusIT {
  private static final Duration LONG = Duration.ofSeconds(60);
  private static final byte[] POST = RawClient.post("/predict", "{\"x\":[1,2,3]}");

  @TempDir Path temp;

  @Test
  void rollback_scraped_firesAndLeavesNoQueryEmpty() throws Exception {
    Tool.need("prometheus");
    try (FakeUpstream champion = FakeUpstream.answering(prediction(3));
        FakeUpstream challenger = FakeUpstream.answering(prediction(4));
        FakeUpstream receiver = FakeUpstream.answering(Reply.json("{}"));
        SentinelProcess sentinel = SentinelProcess.run(config(champion, challenger, receiver, ""));
        PrometheusServer prometheus =
            PrometheusServer.start(temp, sentinel.adminUrl().replace("http://", ""))) {
      // A step is seen only after what was before it.
      Await.until(
          "Prometheus has seen the counters at 0",
          LONG,
          () ->
              prometheus
                      .query(
                          "shadow_sentinel_decisions_total{decision=\"ROLLBACK\",by=\"auto\"} == 0")
                      .size()
                  == 1);
      assertThat(prometheus.query("up{job=\"shadow-sentinel\"} == 1")).hasSize(1);
      assertThat(firing(prometheus)).isEmpty();

      send(sentinel, 5);
      Await.until(
          "the first comparisons are seen",
          LONG,
          () -> prometheus.query("shadow_sentinel_rated_comparisons == 5").size() == 1);
      send(sentinel, 15);
      sentinel.awaitState("m", "ROLLED_BACK");
      config(champion, challenger, receiver, "unknown: key\n");

      Await.until(
          "the alarm of the rollback fires",
          LONG,
          () -> firing(prometheus).contains("ShadowSentinelRolledBack m warning"));
      Await.until(
          "the alarm of the refused config fires",
          LONG,
          () -> firing(prometheus).contains("ShadowSentinelConfigRefused  warning"));
      assertThat(firing(prometheus)).noneMatch(alarm -> alarm.endsWith("critical"));
      rulesAreSound(prometheus);
      metricsExist(prometheus);
      panelsShowSomething(prometheus);
    }
  }

  private static void rulesAreSound(PrometheusServer prometheus) throws IOException {
    List<String> names = new ArrayList<>();
    for (JsonNode group : prometheus.ruleGroups()) {
      for (JsonNode rule : group.path("rules")) {
        names.add(rule.path("name").asText());
        Await.until(
            rule.path("name").asText() + " was evaluated",
            () -> !ruleHealth(prometheus, rule.path("name").asText()).equals("unknown"));
        assertThat(ruleHealth(prometheus, rule.path("name").asText()))
            .as(rule.toString())
            .isEqualTo("ok");
      }
    }
    assertThat(names)
        .containsExactlyInAnyOrderElementsOf(
            MonitoringFiles.rules().stream().map(rule -> rule.path("alert").asText()).toList());
    for (JsonNode alert : prometheus.alerts()) {
      // What a template cannot render stands in its place.
      assertThat(alert.path("annotations").toString())
          .doesNotContain("error")
          .doesNotContain("{{")
          .doesNotContain("no value");
    }
  }

  private static String ruleHealth(PrometheusServer prometheus, String name) {
    for (JsonNode group : prometheus.ruleGroups()) {
      for (JsonNode rule : group.path("rules")) {
        if (rule.path("name").asText().equals(name)) {
          return rule.path("health").asText() + rule.path("lastError").asText();
        }
      }
    }
    return "missing";
  }

  private static void metricsExist(PrometheusServer prometheus) throws IOException {
    Set<String> present = prometheus.metricNames();
    List<MonitoringFiles.Expression> all = new ArrayList<>(MonitoringFiles.ruleExpressions());
    all.addAll(MonitoringFiles.dashboardExpressions());
    for (MonitoringFiles.Expression expression : all) {
      assertThat(PromQl.metrics(expression.promQl()))
          .as(expression.where())
          .isNotEmpty()
          .isSubsetOf(present);
    }
  }

  private static void panelsShowSomething(PrometheusServer prometheus) throws IOException {
    for (MonitoringFiles.Expression expression : MonitoringFiles.dashboardExpressions()) {
      assertThat(prometheus.query(expression.promQl()))
          .as(expression.where() + ": " + expression.promQl())
          .isNotEmpty();
    }
  }

  private static List<String> firing(PrometheusServer prometheus) {
    List<String> firing = new ArrayList<>();
    for (JsonNode alert : prometheus.alerts()) {
      if (alert.path("state").asText().equals("firing")) {
        JsonNode labels = alert.path("labels");
        firing.add(
            labels.path("alertname").asText()
                + " "
                + labels.path("route").asText()
                + " "
                + labels.path("severity").asText());
      }
    }
    return firing;
  }

  private static void send(SentinelProcess sentinel, int count) {
    try (RawClient client = RawClient.connect(sentinel.port())) {
      for (int i = 0; i < count; i++) {
        assertThat(client.exchange(POST).status()).isEqualTo(200);
      }
    }
  }

  private static Reply prediction(int label) {
    return Reply.json("{\"prediction\": " + label + ", \"probability\": 0.95}");
  }

  private Path config(
      FakeUpstream champion, FakeUpstream challenger, FakeUpstream receiver, String more)
      throws IOException {
    TestCa.Written certificate = TestCa.create("Test CA").issue().write(temp, "client");
    Path next = Files.createTempFile(temp, "next", ".yaml");
    Files.writeString(
        next,
        """
        listen: { host: 127.0.0.1, port: 0 }
        admin: { host: 127.0.0.1, port: 0 }
        state: { directory: %s }
        routes:
          - name: m
            champion: { name: v1, urls: [ "%s" ] }
            challenger: { name: v2, urls: [ "%s" ] }
            compare: { format: json, label: /prediction, confidence: /probability }
            decide: { minRequests: 20 }
        alerts:
          - { type: webhook, url: "%s/alert" }
          # Shows a certificate, which there are metrics of.
          - { type: alertmanager, url: "%s", tls: { cert: "%s", key: "%s" } }
        """
                .formatted(
                    temp.resolve("state"),
                    champion.url(),
                    challenger.url(),
                    receiver.url(),
                    FakeUpstream.refusingUrl().replace("http:", "https:"),
                    certificate.cert(),
                    certificate.key())
            + more);
    return Files.move(
        next,
        temp.resolve("sentinel.yaml"),
        StandardCopyOption.ATOMIC_MOVE,
        StandardCopyOption.REPLACE_EXISTING);
  }
}
