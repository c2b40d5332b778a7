package io.shadowsentinel.compare.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedactionTest {

  private static String redact(String document, String... pointers) {
    return new Redaction(List.of(pointers)).apply(document.getBytes(UTF_8));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          /a      | {"a":"s","b":"t"}              | {"a":"[redacted]","b":"t"}
          /a      | {"a":{"x":[1,{"y":2}]},"b":3}  | {"a":"[redacted]","b":3}
          /a      | {"a":null}                     | {"a":"[redacted]"}
          /a      | {"b":{"a":1}}                  | {"b":{"a":1}}
          /a      | {"a":1,"a":2}                  | {"a":"[redacted]","a":"[redacted]"}
          /a      | {"\\u0061":1}                  | {"a":"[redacted]"}
          /1      | [1,2,3]                        | [1,"[redacted]",3]
          /*      | [1,{"a":2}]                    | ["[redacted]","[redacted]"]
          /*/a    | [{"a":1},{"b":1},{"a":[]}]     | [{"a":"[redacted]"},{"b":1},{"a":"[redacted]"}]
          /x/*/a  | {"x":{"p":{"a":1},"q":{"a":2}}}| {"x":{"p":{"a":"[redacted]"},"q":{"a":"[redacted]"}}}
          /a~1b   | {"a/b":1,"a":{"b":2}}          | {"a/b":"[redacted]","a":{"b":2}}
          """,
      quoteCharacter = '\u0001')
  void pointer_namesWhatIsTakenOut(String pointer, String document, String expected) {
    assertThat(redact(document, pointer)).isEqualTo(expected);
  }

  @Test
  void theRest_staysAsItWasWritten() {
    assertThat(
            redact(
                "{ \"n\": [1.50, 1e400, 12345678901234567890.1, NaN, -0],\n\"t\": \"\u00e4\\n\", \"b\":"
                    + " true, \"z\": null, \"s\": 1 }",
                "/s"))
        .isEqualTo(
            "{\"n\":[1.50,1e400,12345678901234567890.1,NaN,-0],\"t\":\"\u00e4\\n\",\"b\":true,"
                + "\"z\":null,\"s\":\"[redacted]\"}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "secret", "{\"a\":", "{\"a\":1} {}", "{\"a\":1}x", "<html>", "[1,"})
  void whatIsNoJson_isNothing(String document) {
    assertThat(redact(document, "/a")).isNull();
  }

  @Test
  void bytesThatAreNotUtf8_areNothing() {
    assertThat(new Redaction(List.of("/a")).apply(new byte[] {'"', (byte) 0xff, '"'})).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {500, 501})
  void nesting_isBounded(int depth) {
    String document = "[".repeat(depth) + "]".repeat(depth);
    assertThat(redact(document, "/a") == null).isEqualTo(depth > JsonReader.MAX_DEPTH);
  }

  @ParameterizedTest
  @CsvSource({
    "/a/0/b, true",
    "/a/0, true",
    "/a, true",
    "/a/0/b/c, true",
    "/a/7/b, true",
    "/a/0/x, false",
    "/b, false"
  })
  void place_isTouchedWithWhatItHoldsAndWhatHoldsIt(String place, boolean touched) {
    Path path = Path.ROOT;
    for (String step : place.substring(1).split("/")) {
      path = step.matches("[0-9]+") ? path.child(Integer.parseInt(step)) : path.child(step);
    }
    assertThat(new Redaction(List.of("/a/*/b")).touches(path)).isEqualTo(touched);
    assertThat(new Redaction(List.of()).touches(path)).isFalse();
  }
}
