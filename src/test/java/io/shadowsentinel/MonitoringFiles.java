package io.shadowsentinel;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The alert rules and the dashboard as they are shipped. */
final class MonitoringFiles {
  static final Path RULES = Path.of("conf/prometheus/alerts.yml");
  static final Path RULES_TEST = Path.of("conf/prometheus/alerts.test.yml");
  static final Path DASHBOARD = Path.of("conf/grafana/shadow-sentinel.json");
  private static final YAMLMapper YAML = new YAMLMapper();

  private MonitoringFiles() {}

  /** An expression, and where it stands. */
  record Expression(String where, String promQl) {
    @Override
    public String toString() {
      return where;
    }
  }

  static JsonNode yaml(Path file) throws IOException {
    return YAML.readTree(file.toFile());
  }

  static JsonNode dashboard() throws IOException {
    return new ObjectMapper().readTree(DASHBOARD.toFile());
  }

  static List<JsonNode> rules() throws IOException {
    List<JsonNode> rules = new ArrayList<>();
    yaml(RULES).path("groups").forEach(group -> group.path("rules").forEach(rules::add));
    return rules;
  }

  static List<Expression> ruleExpressions() throws IOException {
    return rules().stream()
        .map(rule -> new Expression(rule.path("alert").asText(), rule.path("expr").asText()))
        .toList();
  }

  /** Those of the panels and of the annotations, with every variable set. */
  static List<Expression> dashboardExpressions() throws IOException {
    List<Expression> expressions = new ArrayList<>();
    for (JsonNode panel : dashboard().path("panels")) {
      for (JsonNode target : panel.path("targets")) {
        String where =
            "panel " + panel.path("title").asText() + ", query " + target.path("refId").asText();
        expressions.add(new Expression(where, filled(target.path("expr").asText())));
      }
    }
    for (JsonNode annotation : dashboard().at("/annotations/list")) {
      if (annotation.has("expr")) {
        String where = "annotation " + annotation.path("name").asText();
        expressions.add(new Expression(where, filled(annotation.path("expr").asText())));
      }
    }
    return expressions;
  }

  private static String filled(String expression) {
    return expression
        .replace("$__rate_interval", "1m")
        .replace("$__interval", "5m")
        .replace("$__range", "5m")
        .replaceAll("\\$(job|instance|route)\\b", ".*");
  }
}
