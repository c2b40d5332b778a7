package io.shadowsentinel.proxy;

/** What may hold a piece of what a stranger sent, fit for a log and an answer. Pure. */
final class OneLine {
  static final int MAX_CHARS = 250;

  private OneLine() {}

  /** The text in one line, of at most {@value #MAX_CHARS} characters. */
  static String of(String text) {
    String cut = text.length() > MAX_CHARS ? text.substring(0, MAX_CHARS - 1) + "…" : text;
    return cut.replaceAll("[\\p{C}\\p{Zl}\\p{Zp}]", "?");
  }
}
