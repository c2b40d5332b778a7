package io.shadowsentinel.compare.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.compare.Answers;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class JsonReaderTest {
  private final JsonReader reader = new JsonReader(null);

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '|',
      delimiter = ';',
      value = {
        "||; the body is empty",
        "|  |; the body is empty",
        "{\"a\":; not JSON at line 1 column 6: the text ends too early",
        "{\"a\":1; not JSON at line 1 column 7: the text ends too early",
        "[1,2; not JSON at line 1 column 5: the text ends too early",
        "{} {}; not JSON at line 1 column 4: more than one value",
        "[NaN]; not JSON at line 1 column 5: NaN and Infinity are not JSON",
        "secret; not JSON at line 1 column 7: a word that is none of true, false and null",
        "{\"a\":1,\"a\":1}; not JSON at line 1 column 8: the key \"a\" is there twice",
        "[1e1000]; a number's exponent is out of range (expected -999..999)",
      })
  void read_whatIsNotJson_namesThePlace(String text, String reason) {
    assertThatThrownBy(() -> read(text)).isInstanceOf(UnreadableException.class).hasMessage(reason);
  }

  @Test
  void read_htmlPage_isNotJson() {
    assertThatThrownBy(() -> read("<html>Bad Gateway</html>"))
        .isInstanceOf(UnreadableException.class)
        .hasMessageStartingWith("not JSON at line 1 column 1: ")
        .hasMessageNotContaining("Gateway");
  }

  @Test
  void read_depth_isBounded() {
    assertThatCode(() -> read(nested(JsonReader.MAX_DEPTH))).doesNotThrowAnyException();
    assertUnreadable(nested(JsonReader.MAX_DEPTH + 1));
    assertUnreadable(nested(10_000));
    assertUnreadable("[".repeat(10_000));
    assertUnreadable("{\"a\":".repeat(10_000));
  }

  @Test
  void read_digits_areBounded() {
    assertThatCode(() -> read("1".repeat(JsonReader.MAX_NUMBER_CHARS))).doesNotThrowAnyException();
    assertUnreadable("1".repeat(JsonReader.MAX_NUMBER_CHARS + 1));
    assertUnreadable("[" + "1".repeat(10_000) + "]");
    assertUnreadable("0." + "1".repeat(10_000));
  }

  @Test
  void read_tokens_areBounded() {
    int elements = JsonReader.MAX_TOKENS - 2;
    assertThatCode(() -> read("[" + "0,".repeat(elements - 1) + "0]")).doesNotThrowAnyException();
    assertUnreadable("[" + "0,".repeat(elements) + "0]");
  }

  @Test
  void read_whatIsNotUtf8_isUnreadable() {
    assertUnreadable(new byte[] {'"', (byte) 0xff, '"'});
    assertUnreadable(new byte[] {'"', (byte) 0xc0, (byte) 0x80, '"'});
    assertUnreadable(new byte[] {'"', (byte) 0xed, (byte) 0xa0, (byte) 0x80, '"'});
    assertUnreadable(new byte[] {'"', (byte) 0xe2, (byte) 0x82});
    assertUnreadable("\"ü\"".getBytes(StandardCharsets.ISO_8859_1));
  }

  /** In ASCII each of these is good UTF-8 too, and Jackson would guess. */
  @ParameterizedTest
  @ValueSource(strings = {"UTF-16LE", "UTF-16BE", "UTF-16", "UTF-32LE", "UTF-32BE"})
  void read_otherEncodings_areUnreadable_alsoInAscii(String charset) {
    for (String text : List.of("{\"a\":1}", "[1]", "1", "\"ü\"", "{\"ü\":1}")) {
      byte[] bytes = text.getBytes(Charset.forName(charset));
      assertUnreadable(bytes);
      assertThatThrownBy(() -> new JsonReader(null).readLines(bytes))
          .isInstanceOf(UnreadableException.class);
      assertThatThrownBy(() -> new JsonReader(null).readWithSpecials(bytes))
          .isInstanceOf(UnreadableException.class);
    }
  }

  @Test
  void read_utf8_withAndWithoutByteOrderMark() throws UnreadableException {
    assertThat(read("\"grün 😀\"")).isEqualTo(new Json.Text("grün 😀"));
    assertThat(read("\ufeff\"a\"")).isEqualTo(new Json.Text("a"));
  }

  @Test
  void read_numbers_areOneArrayOfDoubles_untilSomethingElseComes() throws UnreadableException {
    assertThat(read("[1,2.5,3e2,4,5,6,7,8,9]")).isInstanceOf(Json.Numbers.class);
    Json.Items mixed = (Json.Items) read("[1,9007199254740993,2,3,4,5,6,7,8,9,\"x\",10]");
    assertThat(mixed.get(0)).isEqualTo(new Json.Num(1, null));
    assertThat(mixed.get(1)).isEqualTo(new Json.Num(9007199254740992d, "9007199254740993"));
    assertThat(mixed.get(10)).isEqualTo(new Json.Text("x"));
    assertThat(mixed.get(11)).isEqualTo(new Json.Num(10, null));
    assertThat(mixed.size()).isEqualTo(12);
  }

  private Json read(String text) throws UnreadableException {
    return reader.read(Answers.bytes(text));
  }

  private void assertUnreadable(String text) {
    assertUnreadable(Answers.bytes(text));
  }

  private void assertUnreadable(byte[] bytes) {
    assertThatThrownBy(() -> reader.read(bytes)).isInstanceOf(UnreadableException.class);
  }

  private static String nested(int depth) {
    return "[".repeat(depth) + "]".repeat(depth);
  }
}
