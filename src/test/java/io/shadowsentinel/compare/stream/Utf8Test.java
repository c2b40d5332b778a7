package io.shadowsentinel.compare.stream;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class Utf8Test {

  /** What TextDecoder makes of them; # for U+FFFD. */
  @ParameterizedTest
  @CsvSource({
    "61ff62, a#b",
    "80, #",
    "c0af, ##",
    "c3, #",
    "c328, #(",
    "e08080, ###",
    "e282, #",
    "e28261, #a",
    "eda080, ###",
    "f0808080, ####",
    "f09f98, #",
    "f09f9880, \uD83D\uDE00",
    "f09f9861f09f9880ff, #a\uD83D\uDE00#",
    "f4908080, ####",
    "f5808080, ####",
    "c3a9e282ac61ff, é€a#",
    "f48fbfbfff, \uDBFF\uDFFF#",
  })
  void bytes_malformedOrNot_becomeWhatTheStandardSays(String hex, String text) {
    byte[] bytes = HexFormat.of().parseHex("00" + hex + "00");
    assertThat(Utf8.decode(bytes, 1, bytes.length - 1).replace('\uFFFD', '#')).isEqualTo(text);
  }
}
