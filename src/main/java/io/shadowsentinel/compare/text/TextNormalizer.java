package io.shadowsentinel.compare.text;

import java.text.Normalizer;
import java.util.Locale;

/**
 * Takes what does not matter out of a text: case, the kind and amount of space, punctuation,
 * invisible characters, and the ways in which Unicode writes one character. What carries meaning
 * stays: accents, symbols such as {@code +} and {@code €}, the percent sign, and what punctuates a
 * number, so that 1.5 is not 15 and -5 is not 5. Takes time in proportion to the text.
 */
public final class TextNormalizer {
  /**
   * Marks in a row after which a joiner is put in, as UAX #15 has it for streams: to sort a long
   * run of marks takes the square of its length.
   */
  private static final int MAX_MARKS = 30;

  private static final int GRAPHEME_JOINER = 0x034F;
  private static final int MINUS_SIGN = 0x2212;

  private TextNormalizer() {}

  /** The text in one line of lower case words, one blank between two. */
  public static String normalize(String text) {
    String folded = fold(compose(text));
    StringBuilder words = new StringBuilder(folded.length());
    int before = -1;
    for (int i = 0; i < folded.length(); ) {
      int c = folded.codePointAt(i);
      int width = Character.charCount(c);
      int after = i + width < folded.length() ? folded.codePointAt(i + width) : -1;
      if (isSpace(c)) {
        space(words);
      } else if (isPunctuation(c)) {
        if (countsInNumber(c, before, after)) {
          words.appendCodePoint(isDash(c) ? '-' : c);
        } else if (!(isApostrophe(c) && isLetter(before) && isLetter(after))) {
          space(words);
        }
      } else if (!isInvisible(c)) {
        words.appendCodePoint(c);
      }
      if (!isInvisible(c)) {
        before = c;
      }
      i += width;
    }
    int end = words.length();
    return end > 0 && words.charAt(end - 1) == ' ' ? words.substring(0, end - 1) : words.toString();
  }

  /**
   * Compatibility forms become the plain ones, full-width letters and ligatures for example, but
   * for raised and circled digits: 10² is not 102.
   */
  private static String compose(String text) {
    StringBuilder all = new StringBuilder(text.length());
    StringBuilder run = new StringBuilder();
    int marks = 0;
    for (int i = 0; i < text.length(); ) {
      int c = text.codePointAt(i);
      i += Character.charCount(c);
      if (Character.getType(c) == Character.OTHER_NUMBER) {
        all.append(Normalizer.normalize(run, Normalizer.Form.NFKC)).appendCodePoint(c);
        run.setLength(0);
        marks = 0;
        continue;
      }
      marks = isMark(c) ? marks + 1 : 0;
      if (marks > MAX_MARKS) {
        run.appendCodePoint(GRAPHEME_JOINER);
        marks = 1;
      }
      run.appendCodePoint(c);
    }
    return all.append(Normalizer.normalize(run, Normalizer.Form.NFKC)).toString();
  }

  /** By way of upper case, so that ß is ss and each of the three sigmas is one. */
  private static String fold(String text) {
    return text.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT).replace('ς', 'σ');
  }

  private static void space(StringBuilder words) {
    int end = words.length();
    if (end > 0 && words.charAt(end - 1) != ' ') {
      words.append(' ');
    }
  }

  /** True for the point in 1.5, the colon in 12:30, the minus in -5 and the sign in 5%. */
  private static boolean countsInNumber(int c, int before, int after) {
    if (c == '%' || c == '‰') {
      return Character.isDigit(before);
    }
    if (isDash(c)) {
      return Character.isDigit(after) && !isLetter(before);
    }
    boolean separates = c == '.' || c == ',' || c == ':' || c == '/';
    return separates
        && Character.isDigit(after)
        && (Character.isDigit(before) || (c == '.' && !isLetter(before)));
  }

  private static boolean isSpace(int c) {
    return Character.isWhitespace(c) || Character.isSpaceChar(c) || Character.isISOControl(c);
  }

  private static boolean isDash(int c) {
    return c == MINUS_SIGN || Character.getType(c) == Character.DASH_PUNCTUATION;
  }

  private static boolean isApostrophe(int c) {
    return c == '\'' || c == '’' || c == '‘';
  }

  private static boolean isLetter(int c) {
    return c >= 0 && (Character.isLetter(c) || isMark(c));
  }

  private static boolean isPunctuation(int c) {
    return switch (Character.getType(c)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> c == MINUS_SIGN || c == '`';
    };
  }

  private static boolean isMark(int c) {
    return switch (Character.getType(c)) {
      case Character.NON_SPACING_MARK, Character.COMBINING_SPACING_MARK, Character.ENCLOSING_MARK ->
          true;
      default -> false;
    };
  }

  /** Zero-width characters, soft hyphens, byte order marks, and what chooses a glyph. */
  private static boolean isInvisible(int c) {
    return Character.getType(c) == Character.FORMAT
        || c == GRAPHEME_JOINER
        || (c >= 0xFE00 && c <= 0xFE0F);
  }
}
