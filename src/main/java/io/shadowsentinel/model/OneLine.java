package io.shadowsentinel.model;

/** Shortens what others wrote to one readable line. */
public final class OneLine {

  private static final int LONGEST = 300;
  private static final int LONGEST_VALUE = 40;

  private OneLine() {}

  /** The message of a failure. */
  public static String of(Throwable failure) {
    String text = String.valueOf(failure.getMessage()).replaceAll("\\s+", " ").strip();
    return shortened(text, LONGEST);
  }

  /** A value out of a request, for a message about it. */
  public static String value(Object value) {
    return shortened(String.valueOf(value), LONGEST_VALUE);
  }

  private static String shortened(String text, int longest) {
    return text.length() <= longest ? text : text.substring(0, longest) + "...";
  }
}
