package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.Test;

/** What Grafana would not forgive in the dashboard, and what its readers would not. */
class DashboardFileTest {
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{?(\\w+)}?");
  private static final Set<String> BUILT_IN = Set.of("__rate_interval", "__interval", "__range");

  @Test
  void panels_all_haveAnIdAPlaceAndTheChosenDataSource() throws IOException {
    Set<Integer> ids = new HashSet<>();
    Set<String> cells = new HashSet<>();
    for (JsonNode panel : MonitoringFiles.dashboard().path("panels")) {
      String title = panel.path("title").asText();
      assertThat(title).isNotBlank();
      assertThat(ids.add(panel.path("id").asInt())).as("id of " + title).isTrue();
      JsonNode grid = panel.path("gridPos");
      assertThat(grid.path("x").asInt() + grid.path("w").asInt()).as(title).isBetween(1, 24);
      for (int x = 0; x < grid.path("w").asInt(); x++) {
        for (int y = 0; y < grid.path("h").asInt(); y++) {
          String cell = (grid.path("x").asInt() + x) + ":" + (grid.path("y").asInt() + y);
          assertThat(cells.add(cell)).as(title + " lies on another panel at " + cell).isTrue();
        }
      }
      if (!panel.path("type").asText().equals("row")) {
        assertThat(panel.at("/datasource/uid").asText()).as(title).isEqualTo("${datasource}");
        assertThat(panel.path("targets")).as(title).isNotEmpty();
        panel
            .path("targets")
            .forEach(
                target ->
                    assertThat(target.at("/datasource/uid").asText())
                        .as(title)
                        .isEqualTo("${datasource}"));
      }
    }
    assertThat(ids).hasSizeGreaterThan(20);
  }

  @Test
  void variables_thatAreUsed_areDefined() throws IOException {
    JsonNode dashboard = MonitoringFiles.dashboard();
    Set<String> defined = new TreeSet<>(BUILT_IN);
    dashboard.at("/templating/list").forEach(each -> defined.add(each.path("name").asText()));
    Set<String> used = new TreeSet<>();
    Matcher variable = VARIABLE.matcher(dashboard.toString().replace("$__all", ""));
    while (variable.find()) {
      used.add(variable.group(1));
    }
    assertThat(used).contains("datasource", "route").isSubsetOf(defined);
  }

  @Test
  void rows_areThoseThatOperatorsLookFor() throws IOException {
    assertThat(
            StreamSupport.stream(MonitoringFiles.dashboard().path("panels").spliterator(), false)
                .filter(panel -> panel.path("type").asText().equals("row"))
                .map(panel -> panel.path("title").asText()))
        .containsExactly(
            "State and decisions",
            "Agreement",
            "Traffic and latency",
            "Mirroring",
            "Shadow Sentinel itself");
  }
}
