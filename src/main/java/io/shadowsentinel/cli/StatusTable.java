package io.shadowsentinel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.shadowsentinel.text.Printable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * Routes as a table for people. Reads the API's JSON by name, so that it also shows what a newer
 * instance says.
 */
final class StatusTable {
  private static final String NONE = "-";
  private static final List<String> HEAD =
      List.of(
          "ROUTE",
          "STATE",
          "CHAMPION",
          "CHALLENGER",
          "AGREEMENT",
          "SELF",
          "PROGRESS",
          "CONFLICTS",
          "COVERAGE",
          "FORMAT",
          "DECISION");

  private StatusTable() {}

  /** The lines of the table, without line ends. */
  static List<String> lines(JsonNode routes) {
    List<List<String>> rows = new ArrayList<>(List.of(HEAD));
    routes.forEach(route -> rows.add(row(route)));
    int[] widths = new int[HEAD.size()];
    for (List<String> row : rows) {
      for (int column = 0; column < widths.length; column++) {
        widths[column] = Math.max(widths[column], width(row.get(column)));
      }
    }
    return rows.stream().map(row -> line(row, widths)).toList();
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < widths.length; column++) {
      String cell = row.get(column);
      line.append(cell).append(" ".repeat(widths[column] - width(cell) + 2));
    }
    return line.toString().stripTrailing();
  }

  private static int width(String cell) {
    return cell.codePointCount(0, cell.length());
  }

  private static List<String> row(JsonNode route) {
    JsonNode evidence = route.path("experiment").path("evidence");
    JsonNode self = route.path("selfCheck");
    boolean tried = evidence.isObject();
    long rated = evidence.path("rated").asLong();
    String[] cells = {
      route.path("name").asText(),
      route.path("state").asText(),
      route.path("champion").path("name").asText(),
      challenger(route),
      tried ? percent(evidence.path("agree").asLong(), rated) : NONE,
      percent(self.path("agree").asLong(), self.path("checked").asLong()),
      tried ? rated + "/" + route.path("rule").path("minRequests").asLong() : NONE,
      tried ? Long.toString(evidence.path("highConfidenceConflicts").asLong()) : NONE,
      tried ? percent(rated, evidence.path("eligible").asLong()) : NONE,
      route.path("format").asText(NONE),
      decision(route.path("decision"))
    };
    return Arrays.stream(cells).map(Printable::oneLine).toList();
  }

  private static String challenger(JsonNode route) {
    if (route.path("standby").isObject()) {
      return route.path("standby").path("name").asText() + " (standby)";
    }
    return route.path("challenger").path("name").asText(NONE);
  }

  private static String decision(JsonNode decision) {
    if (!decision.isObject()) {
      return NONE;
    }
    JsonNode who = decision.path("who");
    return decision.path("decision").asText()
        + " by "
        + decision.path("by").asText()
        + (who.isTextual() ? " (" + who.textValue() + ")" : "")
        + " at "
        + decision.path("time").asText();
  }

  /** Cut after one decimal, not rounded: 79.96 % must not read as 80.0 %. */
  static String percent(long part, long whole) {
    if (whole <= 0) {
      return NONE;
    }
    long tenths = part * 1000 / whole;
    return String.format(Locale.ROOT, "%d.%d%%", tenths / 10, tenths % 10);
  }
}
