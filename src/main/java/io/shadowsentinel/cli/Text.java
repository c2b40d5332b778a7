package io.shadowsentinel.cli;

/** Text from elsewhere, made fit for a terminal. */
final class Text {
  private Text() {}

  /** The text with blanks for control characters, which could move the cursor or forge a line. */
  static String oneLine(String text) {
    StringBuilder line = new StringBuilder(text.length());
    text.codePoints().forEach(c -> line.appendCodePoint(Character.isISOControl(c) ? ' ' : c));
    return line.toString();
  }
}
