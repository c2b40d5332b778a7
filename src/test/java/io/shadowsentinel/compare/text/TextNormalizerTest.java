package io.shadowsentinel.compare.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TextNormalizerTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "Hello, World!|hello world",
        "  a \t b\u00A0c\u3000d|a b c d",
        "well-known|well known",
        "don't|dont",
        "don\u2019t|dont",
        "Stra\u00DFe|strasse",
        "\u039F\u0394\u039F\u03A3|\u03BF\u03B4\u03BF\u03C3",
        "\u03BF\u03B4\u03CC\u03C2|\u03BF\u03B4\u03CC\u03C3",
        "e\u0301|\u00E9",
        "\uFF21\uFF22|ab",
        "\uFB01n|fin",
        "zero\u200Bwidth\uFEFF|zerowidth",
        "so\u00ADft|soft",
        "\u2714\uFE0F|\u2714",
        "1.5|1.5",
        "1.5.|1.5",
        "-5|-5",
        "\u22125|-5",
        "co-5|co 5",
        "5%|5%",
        "\uFF15\uFF05|5%",
        "10\u00B2|10\u00B2",
        "12:30|12:30",
        "a+b=c|a+b=c",
        "\u00AByes\u00BB|yes",
        "...|\"\"",
      })
  void text_isTakenToItsWords(String text, String expected) {
    assertThat(TextNormalizer.normalize(text)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({"15, 1.5", "5, -5", "5, 5%", "102, 10\u00B2", "e, \u00E9", "$5, \u20AC5"})
  void textsOfOtherMeaning_stayApart(String a, String b) {
    assertThat(TextNormalizer.normalize(a)).isNotEqualTo(TextNormalizer.normalize(b));
  }

  /** Sorting them as one run takes the square of their number, which is minutes. */
  @Test
  void longRunOfMarks_isNormalizedInLinearTime() {
    String text = "a" + "\u0301".repeat(300_000) + "\u0323".repeat(300_000);
    assertThat(TextNormalizer.normalize(text)).startsWith("\u00E1");
  }
}
