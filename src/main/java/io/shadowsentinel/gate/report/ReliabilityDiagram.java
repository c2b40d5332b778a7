package io.shadowsentinel.gate.report;

import io.shadowsentinel.gate.Calibration;
import io.shadowsentinel.gate.FigureText;

/**
 * Draws a calibration: accuracy over confidence, which lies on the diagonal where a model is as
 * often right as it says, and under it how many rows each bin has.
 */
public final class ReliabilityDiagram {

  private static final double LEFT = 64;
  private static final double TOP = 56;
  private static final double SIZE = 320;
  private static final double COUNTS_TOP = TOP + SIZE + 24;
  private static final double COUNTS_HEIGHT = 64;
  private static final double MARK = 4;
  private static final double WIDTH = LEFT + SIZE + 32;
  private static final double HEIGHT = COUNTS_TOP + COUNTS_HEIGHT + 52;

  private ReliabilityDiagram() {}

  /** The diagram as SVG. */
  public static String draw(Calibration calibration) {
    String ece = FigureText.number(calibration.expectedError());
    Svg svg = new Svg(WIDTH, HEIGHT, "Reliability diagram, expected calibration error " + ece);
    svg.text("ink title", LEFT, 26, "start", 0, "Reliability: ECE " + ece);
    svg.text(
        "faint",
        LEFT,
        44,
        "start",
        0,
        "bar: accuracy, mark: confidence; largest gap "
            + FigureText.number(calibration.maximumError()));
    axes(svg);
    int most = calibration.bins().stream().mapToInt(bin -> bin.right().whole()).max().orElse(1);
    for (Calibration.Bin bin : calibration.bins()) {
      if (bin.right().whole() > 0) {
        bin(svg, bin, Math.max(1, most));
      }
    }
    svg.line(LEFT, TOP + SIZE, LEFT + SIZE, TOP, "5 4");
    return svg.end();
  }

  private static void axes(Svg svg) {
    for (int i = 0; i <= 10; i += 2) {
      double at = i / 10.0 * SIZE;
      String shown = i == 10 ? "1" : "0." + i;
      svg.line(LEFT, TOP + at, LEFT + SIZE, TOP + at, "1 4");
      svg.text("faint", LEFT - 8, TOP + SIZE - at + 4, "end", 0, i == 0 ? "0" : shown);
      double below = COUNTS_TOP + COUNTS_HEIGHT + 16;
      svg.text("faint", LEFT + at, below, "middle", 0, i == 0 ? "0" : shown);
    }
    svg.line(LEFT, TOP, LEFT, TOP + SIZE, "");
    svg.line(LEFT, TOP + SIZE, LEFT + SIZE, TOP + SIZE, "");
    double bottom = COUNTS_TOP + COUNTS_HEIGHT;
    svg.line(LEFT, bottom, LEFT + SIZE, bottom, "");
    svg.text("ink", 18, TOP + SIZE / 2, "middle", -90, "accuracy");
    svg.text("ink", 18, COUNTS_TOP + COUNTS_HEIGHT / 2, "middle", -90, "rows");
    svg.text("ink", LEFT + SIZE / 2, bottom + 38, "middle", 0, "confidence");
  }

  private static void bin(Svg svg, Calibration.Bin bin, int most) {
    double x = LEFT + bin.low() * SIZE + 1;
    double width = (bin.high() - bin.low()) * SIZE - 2;
    double accuracy = bin.right().rate() * SIZE;
    String tip =
        "%d rows, confidence %s, accuracy %s"
            .formatted(
                bin.right().whole(),
                FigureText.number(bin.confidence()),
                FigureText.number(bin.right().rate()));
    svg.rectangle("blue", x, TOP + SIZE - accuracy, width, accuracy, 0.75, tip);
    double mark = TOP + SIZE - bin.confidence() * SIZE - MARK / 2;
    svg.rectangle("red", x, mark, width, MARK, 1, tip);
    double height = COUNTS_HEIGHT * bin.right().whole() / most;
    double bottom = COUNTS_TOP + COUNTS_HEIGHT;
    svg.rectangle("faint", x, bottom - height, width, height, 0.6, tip);
    svg.text(
        "ink",
        x + width / 2,
        bottom - height - 4,
        "middle",
        0,
        String.valueOf(bin.right().whole()));
  }
}
