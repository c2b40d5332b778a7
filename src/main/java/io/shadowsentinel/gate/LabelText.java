package io.shadowsentinel.gate;

import java.math.BigDecimal;
import java.util.Comparator;

/** What makes two labels one, and which comes first. */
final class LabelText {

  /** Numbers by their value and before words, words by their letters. */
  static final Comparator<String> ORDER =
      Comparator.comparing((String label) -> !isShortNumber(label))
          .thenComparing(
              label -> isShortNumber(label) ? new BigDecimal(label) : BigDecimal.ZERO,
              Comparator.naturalOrder())
          .thenComparing(Comparator.naturalOrder());

  private static final int LONGEST_NUMBER = 30;

  private LabelText() {}

  /** Stricter than Java, which takes 1f, 0x1p3 and NaN for numbers. */
  static boolean isNumber(String text) {
    if (text.isEmpty()) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if ("0123456789+-.eE".indexOf(text.charAt(i)) < 0) {
        return false;
      }
    }
    try {
      Double.parseDouble(text);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The same text for the same label: a spreadsheet writes the class 7 as 7.0. */
  static String canonical(String label) {
    return isShortNumber(label)
        ? new BigDecimal(label).stripTrailingZeros().toPlainString()
        : label;
  }

  /** An exponent could spell a number of a million digits. */
  private static boolean isShortNumber(String label) {
    return label.length() <= LONGEST_NUMBER
        && isNumber(label)
        && Math.abs((long) new BigDecimal(label).scale()) <= LONGEST_NUMBER;
  }
}
