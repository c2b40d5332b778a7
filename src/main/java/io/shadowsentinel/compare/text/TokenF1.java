package io.shadowsentinel.compare.text;

import java.lang.Character.UnicodeScript;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;

/**
 * How many words two normalised texts have in common, as an F1: twice the words in common over the
 * words of both, each counted as often as it stands. In scripts that put no space between words a
 * character is a word. The order of words does not count.
 *
 * @param common words in common
 * @param total words of both texts together
 */
public record TokenF1(long common, long total) {

  /** Measures two texts that {@link TextNormalizer} made. */
  public static TokenF1 of(String a, String b) {
    Map<String, Integer> left = new HashMap<>();
    long total = tokens(a, word -> left.merge(word, 1, Integer::sum));
    long[] common = {0};
    total +=
        tokens(
            b,
            word -> {
              Integer count = left.get(word);
              if (count != null && count > 0) {
                left.put(word, count - 1);
                common[0]++;
              }
            });
    return new TokenF1(common[0], total);
  }

  /** 0 to 1; two texts without a word are the same. */
  public double value() {
    return total == 0 ? 1 : 2.0 * common / total;
  }

  /** Exact: nine of ten words are at 0.9, and not below it. */
  public boolean reaches(BigDecimal bar) {
    return total == 0
        || BigDecimal.valueOf(2 * common).compareTo(bar.multiply(BigDecimal.valueOf(total))) >= 0;
  }

  /** Passes each word on, and counts them. */
  private static long tokens(String text, Consumer<String> to) {
    long count = 0;
    int start = 0;
    for (int i = 0; i <= text.length(); ) {
      int c = i < text.length() ? text.codePointAt(i) : ' ';
      int width = Character.charCount(c);
      boolean alone = i < text.length() && standsAlone(c);
      if (c == ' ' || alone) {
        if (start < i) {
          to.accept(text.substring(start, i));
          count++;
        }
        start = i + width;
      }
      if (alone) {
        to.accept(text.substring(i, i + width));
        count++;
      }
      i += width;
    }
    return count;
  }

  private static boolean standsAlone(int c) {
    if (c < 0x0E00) {
      return false;
    }
    UnicodeScript script = UnicodeScript.of(c);
    return script == UnicodeScript.HAN
        || script == UnicodeScript.HIRAGANA
        || script == UnicodeScript.KATAKANA
        || script == UnicodeScript.THAI
        || script == UnicodeScript.LAO
        || script == UnicodeScript.KHMER
        || script == UnicodeScript.MYANMAR;
  }
}
