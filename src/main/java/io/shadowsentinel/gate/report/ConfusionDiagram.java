package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.Confusion;
import java.util.List;

/** Draws a confusion matrix: a row for each label of the data, a column for each answer. */
public final class ConfusionDiagram {

  /** How many labels are drawn; the rarest of more become one. */
  static final int MOST_LABELS = 40;

  private static final int LONGEST_LABEL = 14;
  private static final double CELL = 40;
  private static final double TOP_MARGIN = 64;

  private ConfusionDiagram() {}

  /** The diagram as SVG. */
  public static String draw(Confusion whole) {
    Confusion confusion = whole.folded(MOST_LABELS);
    List<String> labels = confusion.labels();
    int longest = labels.stream().mapToInt(label -> shortened(label).length()).max().orElse(1);
    double labelSpace = 16 + 7.5 * longest;
    boolean turned = longest > 5;
    double left = 32 + labelSpace;
    double top = TOP_MARGIN + (turned ? labelSpace : 20);
    double size = CELL * labels.size();
    Svg svg = new Svg(Math.max(260, left + size + 24), top + size + 20, "Confusion matrix");
    svg.text("ink title", 16, 26, "start", 0, "Confusion");
    svg.text("faint", 16, 44, "start", 0, "rows: label of the data; columns: answer");
    for (int i = 0; i < labels.size(); i++) {
      String label = shortened(labels.get(i));
      double middle = i * CELL + CELL / 2;
      svg.text("ink", left - 8, top + middle + 4, "end", 0, label);
      if (turned) {
        svg.text("ink", left + middle + 4, top - 8, "start", -90, label);
      } else {
        svg.text("ink", left + middle, top - 8, "middle", 0, label);
      }
      row(svg, confusion, i, left, top + i * CELL);
    }
    return svg.end();
  }

  private static void row(Svg svg, Confusion confusion, int truth, double left, double y) {
    int rows = Math.max(1, confusion.rows(truth));
    for (int answer = 0; answer < confusion.labels().size(); answer++) {
      int count = confusion.counts().get(truth).get(answer);
      double x = left + answer * CELL;
      String tip =
          "%s answered as %s: %d of %d"
              .formatted(
                  confusion.labels().get(truth),
                  confusion.labels().get(answer),
                  count,
                  confusion.rows(truth));
      svg.rectangle("faint", x + 1, y + 1, CELL - 2, CELL - 2, 0.08, tip);
      if (count == 0) {
        continue;
      }
      // A single mistake must be seen as well, and the number be read on the darkest.
      double opacity = 0.15 + 0.45 * count / rows;
      String style = truth == answer ? "blue" : "red";
      svg.rectangle(style, x + 1, y + 1, CELL - 2, CELL - 2, opacity, tip);
      svg.text("ink", x + CELL / 2, y + CELL / 2 + 4, "middle", 0, String.valueOf(count));
    }
  }

  private static String shortened(String label) {
    return label.length() <= LONGEST_LABEL ? label : label.substring(0, LONGEST_LABEL - 1) + "…";
  }
}
