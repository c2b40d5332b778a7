package io.shadowsentinel.config;

import java.util.regex.Pattern;

/** The spellings of single values that YAML 1.2 and JSON share. */
final class Scalars {
  /** Bounds the work of exact decimals; no setting needs as many digits. */
  private static final int MAX_NUMBER_LENGTH = 40;

  private static final Pattern NUMBER =
      Pattern.compile("-?(0|[1-9][0-9]*)(\\.[0-9]+)?([eE][+-]?[0-9]{1,4})?");

  private static final Pattern INTEGER = Pattern.compile("-?(0|[1-9][0-9]{0,17})");

  private Scalars() {}

  static boolean isNumber(String text) {
    return text.length() <= MAX_NUMBER_LENGTH && NUMBER.matcher(text).matches();
  }

  static boolean isInteger(String text) {
    return INTEGER.matcher(text).matches();
  }
}
