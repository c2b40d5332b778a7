package io.shadowsentinel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestEncoderTest {
  private final RequestEncoder encoder = new RequestEncoder();
  private final Fields fields = new Fields();

  private String encoded(String method, String target) throws UpstreamFault {
    encoder.encode(method, target, fields);
    ByteBuf out = Unpooled.buffer();
    encoder.writeTo(out);
    assertThat(out.readableBytes()).isEqualTo(encoder.length());
    return out.toString(StandardCharsets.ISO_8859_1);
  }

  @Test
  void head_isWrittenAsGiven() throws UpstreamFault {
    fields.add("Host", "a:1");
    fields.add(AsciiString.of("x-Two"), "tab\there \u00e4\u00ff");
    fields.add("Empty", "");

    assertThat(encoded("POST", "/a/%20?b=\u00e4"))
        .isEqualTo(
            "POST /a/%20?b=\u00e4 HTTP/1.1\r\nHost: a:1\r\nx-Two: tab\there \u00e4\u00ff\r\nEmpty: \r\n");
  }

  @Test
  void longHeads_areWrittenWhole() throws UpstreamFault {
    String value = "v".repeat(10_000);
    fields.add("A", value);
    fields.add("B", value);

    assertThat(encoded("GET", "/"))
        .isEqualTo("GET / HTTP/1.1\r\nA: %1$s\r\nB: %1$s\r\n".formatted(value));
    fields.remove("a");
    assertThat(encoded("GET", "/")).isEqualTo("GET / HTTP/1.1\r\nB: %s\r\n".formatted(value));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\r\nX: 1", "a\nb", "a\rb", "a\u0000", "\u0001", "\u007f", "\u010a", "\u2028"})
  void value_thatWouldEndItsLine_isRefused(String value) {
    fields.add("Name", value);
    assertThatThrownBy(() -> encoded("GET", "/")).hasMessageContaining("Name");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a b", "a:", "a\r\n", "\u00e4", "a\u0000", "\u010a", "(a)"})
  void name_thatIsNoToken_isRefused(String name) {
    fields.add(name, "1");
    assertThatThrownBy(() -> encoded("GET", "/")).hasMessageContaining("header field");
    fields.remove(name);
    fields.add(AsciiString.of("a b"), "1");
    assertThatThrownBy(() -> encoded("GET", "/")).hasMessageContaining("header field");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/ HTTP/1.1\r\nX: 1", "/a b", "/\n", "/\u0000", "/\u0120"})
  void target_thatWouldEnd_isRefused(String target) {
    assertThatThrownBy(() -> encoded("GET", target)).hasMessageContaining("target");
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET /x", "G\r\n", "\u00e4"})
  void method_thatIsNoToken_isRefused(String method) {
    assertThatThrownBy(() -> encoded(method, "/")).hasMessageContaining("method");
  }
}
