package io.shadowsentinel.gate.report;

import java.util.Locale;

/** A drawing under construction. It brings its own ground, so that it reads on any page. */
final class Svg {

  private static final String STYLE =
      """
      <style>
      .ground { fill: #ffffff; } .ink { fill: #1f2933; } .faint { fill: #5c6b7a; }
      .line { stroke: #9aa7b4; fill: none; } .blue { fill: #2b6cb0; } .red { fill: #c05621; }
      text { font: 12px system-ui, -apple-system, "Segoe UI", sans-serif; }
      .title { font-size: 15px; font-weight: 600; }
      @media (prefers-color-scheme: dark) {
      .ground { fill: #161b22; } .ink { fill: #e6edf3; } .faint { fill: #9da7b3; }
      .line { stroke: #57606a; } .blue { fill: #58a6ff; } .red { fill: #f0883e; } }
      </style>
      """;

  private final StringBuilder text = new StringBuilder(8_192);

  Svg(double width, double height, String title) {
    text.append(
        format(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%s\" height=\"%s\""
                + " viewBox=\"0 0 %s %s\" role=\"img\">%n",
            n(width), n(height), n(width), n(height)));
    text.append("<title>").append(escaped(title)).append("</title>\n").append(STYLE);
    rectangle("ground", 0, 0, width, height, 1, "");
  }

  /** A filled rectangle. */
  Svg rectangle(
      String style, double x, double y, double width, double height, double opacity, String tip) {
    text.append(
        format(
            "<rect class=\"%s\" x=\"%s\" y=\"%s\" width=\"%s\" height=\"%s\" fill-opacity=\"%s\"",
            style, n(x), n(y), n(width), n(height), n(opacity)));
    text.append(tip.isEmpty() ? "/>\n" : "><title>" + escaped(tip) + "</title></rect>\n");
    return this;
  }

  /**
   * A line.
   *
   * @param dashes as SVG has them; empty for an unbroken one
   */
  Svg line(double x1, double y1, double x2, double y2, String dashes) {
    text.append(
        format(
            "<line class=\"line\" x1=\"%s\" y1=\"%s\" x2=\"%s\" y2=\"%s\"%s/>%n",
            n(x1),
            n(y1),
            n(x2),
            n(y2),
            dashes.isEmpty() ? "" : " stroke-dasharray=\"" + dashes + "\""));
    return this;
  }

  /**
   * Text.
   *
   * @param anchor {@code start}, {@code middle} or {@code end}
   * @param turn degrees around its place
   */
  Svg text(String style, double x, double y, String anchor, double turn, String words) {
    text.append(
        format(
            "<text class=\"%s\" x=\"%s\" y=\"%s\" text-anchor=\"%s\"%s>%s</text>%n",
            style,
            n(x),
            n(y),
            anchor,
            turn == 0 ? "" : format(" transform=\"rotate(%s %s %s)\"", n(turn), n(x), n(y)),
            escaped(words)));
    return this;
  }

  /** The whole drawing. */
  String end() {
    return text + "</svg>\n";
  }

  /** Text for XML; characters that XML cannot hold become blanks. */
  static String escaped(String words) {
    StringBuilder escaped = new StringBuilder(words.length());
    words
        .codePoints()
        .forEach(
            c -> {
              switch (c) {
                case '&' -> escaped.append("&amp;");
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '"' -> escaped.append("&quot;");
                default -> escaped.appendCodePoint(isPlain(c) ? c : ' ');
              }
            });
    return escaped.toString();
  }

  private static boolean isPlain(int c) {
    return !Character.isISOControl(c)
        && !(c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE)
        && (c & 0xfffe) != 0xfffe;
  }

  private static String n(double number) {
    String shown = String.format(Locale.ROOT, "%.2f", number);
    return shown.endsWith(".00") ? shown.substring(0, shown.length() - 3) : shown;
  }

  private static String format(String form, Object... values) {
    return String.format(Locale.ROOT, form.replace("%n", "\n"), values);
  }
}
