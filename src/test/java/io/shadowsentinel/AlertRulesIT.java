package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The alert rules by themselves: Prometheus' own tool says whether they hold. */
@Timeout(120)
class AlertRulesIT {
  private static final Path DIRECTORY = MonitoringFiles.RULES.getParent();
  private static final Pattern TESTED = Pattern.compile("alertname=\"(\\w+)\"");
  private static final Pattern HEADING = Pattern.compile("(?m)^### (\\w+)$");

  @Test
  void rules_checked_areValid() throws Exception {
    Tool.need("promtool");
    Tool.Result result = Tool.run(DIRECTORY, "promtool", "check", "rules", "alerts.yml");

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("SUCCESS: " + MonitoringFiles.rules().size() + " rules");
  }

  @Test
  void rules_givenSeries_fireWhenTheyShould() throws Exception {
    Tool.need("promtool");
    Tool.Result result = Tool.run(DIRECTORY, "promtool", "test", "rules", "alerts.test.yml");

    assertThat(result.exitCode()).as(result.output()).isZero();
    assertThat(result.output()).contains("SUCCESS");
  }

  @Test
  void rules_each_haveACaseThatFiresAndOneThatDoesNot() throws IOException {
    Set<String> firing = new TreeSet<>();
    Set<String> quiet = new TreeSet<>();
    for (JsonNode test : MonitoringFiles.yaml(MonitoringFiles.RULES_TEST).path("tests")) {
      for (JsonNode check : test.path("promql_expr_test")) {
        Matcher name = TESTED.matcher(check.path("expr").asText());
        assertThat(name.find()).as(check.toString()).isTrue();
        (check.path("exp_samples").isEmpty() ? quiet : firing).add(name.group(1));
      }
    }
    assertThat(firing).isEqualTo(names());
    assertThat(quiet).isEqualTo(names());
  }

  @Test
  void rules_each_sayWhatIsWrongAndWhereToReadOn() throws IOException {
    Set<String> sections =
        HEADING
            .matcher(Files.readString(Path.of("docs/operations.md")))
            .results()
            .map(heading -> heading.group(1))
            .collect(Collectors.toSet());
    for (JsonNode rule : MonitoringFiles.rules()) {
      String name = rule.path("alert").asText();
      assertThat(rule.at("/labels/severity").asText()).as(name).isIn("critical", "warning", "info");
      assertThat(rule.at("/annotations/summary").asText()).as(name).isNotBlank();
      assertThat(rule.at("/annotations/description").asText()).as(name).isNotBlank();
      assertThat(sections).contains(name);
      assertThat(rule.at("/annotations/runbook_url").asText())
          .isEqualTo("docs/operations.md#" + name.toLowerCase(Locale.ROOT));
    }
  }

  private static Set<String> names() throws IOException {
    return MonitoringFiles.rules().stream()
        .map(rule -> rule.path("alert").asText())
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
