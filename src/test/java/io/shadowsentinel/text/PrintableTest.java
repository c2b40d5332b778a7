package io.shadowsentinel.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PrintableTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "plain ~|plain ~",
        "käse 日本 \uD83D\uDE00|käse 日本 \uD83D\uDE00",
        "a\u202Eb|a\\u202Eb",
        "\u2066x\u2069|\\u2066x\\u2069",
        "a\u200Bb\uFEFF|a\\u200Bb\\uFEFF",
        "\uD800x|\\uD800x",
        "\uDB40\uDC41|\\uDB40\\uDC41",
      })
  void text_thatCannotBeSeen_isSpelledOut(String text, String shown) {
    assertThat(Printable.escape(text)).isEqualTo(shown);
  }

  @ParameterizedTest
  @CsvSource({"3, abc", "2, ab…", "0, …"})
  void text_overALength_isCut(int max, String shown) {
    assertThat(Printable.escape("abc", max)).isEqualTo(shown);
  }

  @Test
  void lineEndsAndControls_areSpelledOut() {
    assertThat(Printable.escape("a\nb\r\tc\u001B[2J"))
        .isEqualTo("a\\u000Ab\\u000D\\u0009c\\u001B[2J");
    assertThat(Printable.escape("\u007F\u0085\u2028\u2029"))
        .isEqualTo("\\u007F\\u0085\\u2028\\u2029");
  }

  @Test
  void pair_atTheCut_isNotSplit() {
    assertThat(Printable.escape("a\uD83D\uDE00b", 2)).isEqualTo("a\uD83D\uDE00…");
  }
}
