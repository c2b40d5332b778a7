package io.shadowsentinel.recorded;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RecordedRequestParserTest {

  private static RecordedRequest parse(String line) throws BadLineException {
    return RecordedRequestParser.parse(line.replace('\'', '"').getBytes(UTF_8));
  }

  private static String body(String line) throws BadLineException {
    return new String(parse(line).body(), UTF_8);
  }

  @Test
  void line_isARequest() throws BadLineException {
    RecordedRequest request =
        parse(
            "{'method':'PUT','path':'/a?b=1','headers':{'X-A':['1','2'],'Host':'h:80',"
                + "'Content-Length':'9','Connection':'close','X-Shadow-Request':'true'},"
                + "'body':'text'}");

    assertThat(request.method()).isEqualTo("PUT");
    assertThat(request.target()).isEqualTo("/a?b=1");
    assertThat(request.path()).isEqualTo("/a");
    assertThat(request.host()).isEqualTo("h");
    assertThat(request.headers())
        .containsExactly(Map.entry("X-A", "1"), Map.entry("X-A", "2"), Map.entry("Host", "h:80"));
    assertThat(new String(request.body(), UTF_8)).isEqualTo("text");
  }

  @Test
  void body_isAStringAsItIs_orJsonWithItsDigits_orBytes() throws BadLineException {
    assertThat(body("{'path':'/','body':'{é}'}")).isEqualTo("{é}");
    assertThat(body("{'path':'/','body':{'x':[1.0,0.10,12345678901234567890]}}"))
        .isEqualTo("{\"x\":[1.0,0.10,12345678901234567890]}");
    assertThat(body("{'path':'/','bodyBase64':'aGk='}")).isEqualTo("hi");
    assertThat(body("{'path':'/','body':null}")).isEmpty();
    assertThat(parse("{'path':'/','body':[1]}").header("content-type"))
        .isEqualTo("application/json");
    assertThat(parse("{'path':'/'}").method()).isEqualTo("POST");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "no json | not JSON, at column 4",
        "[1] | not an object",
        "{'path':'/'} {} | not JSON",
        "{'path':'/','path':'/'} | not JSON",
        "{} | path: missing",
        "{'path':'x'} | path: \"x\" (expected a path that begins with /",
        "{'path':'/a b'} | path: \"/a b\"",
        "{'path':'/','hedaers':{}} | hedaers: unknown key",
        "{'path':'/','method':'get'} | method: \"get\" (expected upper case",
        "{'path':'/','headers':[1]} | headers: no object",
        "{'path':'/','headers':{'a b':'c'}} | headers: a b (expected a header name)",
        "{'path':'/','headers':{'a':7}} | headers.a: not a header's value",
        "{'path':'/','headers':{'a':'s3cret\\n'}} | headers.a: not a header's value",
        "{'path':'/','body':1,'bodyBase64':'aGk='} | bodyBase64: expected a string, and no body",
        "{'path':'/','bodyBase64':'%'} | bodyBase64: not Base64",
      })
  void badLine_isToldInWords(String line, String message) {
    assertThatThrownBy(() -> parse(line))
        .isInstanceOf(BadLineException.class)
        .hasMessageContaining(message.replace("'path'", "path"))
        .message()
        .doesNotContain("s3cret", "\n");
  }

  @Test
  void lines_areReadWithinABound() throws IOException {
    byte[] text = "12\r\n\n1234\n12345\n67\n123456".getBytes(UTF_8);
    LineReader lines = new LineReader(new ByteArrayInputStream(text), 4);

    assertThat(lines.next()).asString().isEqualTo("12\r");
    assertThat(lines.next()).isEmpty();
    assertThat(lines.next()).asString().isEqualTo("1234");
    assertThat(lines.isTooLong()).isFalse();
    assertThat(lines.next()).isEmpty();
    assertThat(lines.isTooLong()).isTrue();
    assertThat(lines.next()).asString().isEqualTo("67");
    assertThat(lines.isTooLong()).isFalse();
    assertThat(lines.line()).isEqualTo(5);
    assertThat(lines.next()).isEmpty();
    assertThat(lines.isTooLong()).isTrue();
    assertThat(lines.next()).isNull();
  }
}
