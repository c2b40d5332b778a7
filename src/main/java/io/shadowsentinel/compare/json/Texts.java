package io.shadowsentinel.compare.json;

/** Keeps what a model sent from filling a log or a conflict. */
public final class Texts {
  private Texts() {}

  /** The text itself, or its first {@code max} characters and an ellipsis; no pair is split. */
  public static String cut(String text, int max) {
    if (text.length() <= max) {
      return text;
    }
    int end = Character.isHighSurrogate(text.charAt(max - 1)) ? max - 1 : max;
    return text.substring(0, end) + "…";
  }
}
