package io.shadowsentinel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestParserTest {
  private static final String REQUESTS =
      "\r\nPOST /a?b HTTP/1.1\r\nHost: x\r\nX:\t 1 \r\nContent-Length: 3\r\n\r\nabc"
          + "GET / HTTP/1.0\r\n\r\n"
          + "\r\n\r\nPUT /c HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
          + "2;q\r\nde\r\n00a\r\n0123456789\r\n0\r\nT: 1\r\nU: 2\r\n\r\n"
          + "OPTIONS * HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n";
  private static final List<String> TOLD =
      List.of(
          "POST /a?b [Host=x, X=1, Content-Length=3] abc",
          "GET / [] ",
          "PUT /c [Host=x, Transfer-Encoding=chunked] de0123456789 T=1 U=2",
          "OPTIONS * [Host=x, Content-Length=0] ");

  private final RequestHeadParser heads = new RequestHeadParser(ListenLimits.DEFAULTS);
  private final Told told = new Told();
  private final RequestParser parser = new RequestParser(told, heads);

  /** Requests as lines of text. */
  private static final class Told implements RequestParser.Sink {
    final List<String> requests = new ArrayList<>();
    private final StringBuilder request = new StringBuilder();

    @Override
    public void head(RequestHead head) {
      List<String> fields = new ArrayList<>();
      for (int i = 0; i < head.fields().size(); i++) {
        fields.add(head.fields().name(i) + "=" + head.fields().value(i));
      }
      request.append(head.method()).append(' ').append(head.target()).append(' ').append(fields);
      request.append(' ');
    }

    @Override
    public void chunk(byte[] bytes) {
      request.append(new String(bytes, ISO_8859_1));
    }

    @Override
    public void trailers(Fields trailers) {
      for (int i = 0; i < trailers.size(); i++) {
        request.append(' ').append(trailers.name(i)).append('=').append(trailers.value(i));
      }
    }

    @Override
    public void end() {
      requests.add(request.toString());
      request.setLength(0);
    }
  }

  private void read(String bytes) throws RequestFault {
    ByteBuf in = Unpooled.copiedBuffer(bytes, ISO_8859_1);
    while (in.isReadable()) {
      parser.read(in);
    }
  }

  @Test
  void requests_areTheSame_howeverTheirBytesCome() throws RequestFault {
    Random random = new Random(1);
    for (int round = 0; round < 2_000; round++) {
      told.requests.clear();
      // At first byte for byte, then in larger and larger parts.
      int most = 1 + round % REQUESTS.length();
      for (int at = 0; at < REQUESTS.length(); ) {
        int next = Math.min(REQUESTS.length(), at + 1 + random.nextInt(most));
        read(REQUESTS.substring(at, next));
        at = next;
      }

      assertThat(told.requests).isEqualTo(TOLD);
      assertThat(parser.isBetweenRequests()).isTrue();
    }
  }

  @Test
  void read_stopsBehindEachRequest() throws RequestFault {
    ByteBuf in = Unpooled.copiedBuffer(REQUESTS, ISO_8859_1);
    for (int i = 1; i <= TOLD.size(); i++) {
      assertThat(parser.read(in)).isTrue();
      assertThat(told.requests).hasSize(i);
      assertThat(parser.isBetweenRequests()).isTrue();
    }
    assertThat(in.isReadable()).isFalse();
  }

  @Test
  void headThatIsNotWhole_isNoRequest_andNotBetweenRequestsEither() throws RequestFault {
    read("GET / HTTP/1.1\r\nHost: x\r\n");

    assertThat(told.requests).isEmpty();
    assertThat(parser.isInHead()).isTrue();
    assertThat(parser.isBetweenRequests()).isFalse();
    read("\r\n");
    assertThat(told.requests).containsExactly("GET / [Host=x] ");
  }

  @Test
  void emptyLines_areNoRequest() throws RequestFault {
    read("\r\n");
    assertThat(parser.isBetweenRequests()).isTrue();
    read("\r");
    assertThat(parser.isBetweenRequests()).isFalse();
    read("\n");
    assertThat(parser.isBetweenRequests()).isTrue();
    read("\r");
    read("\nGET / HTTP/1.0\r\n\r\n");
    assertThat(told.requests).containsExactly("GET / [] ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n\r\n\r\n\r\n", "\r|\n\r\n\r|\n\r\n", "\r\n\r|\n\r\n\r\n|"})
  void emptyLines_areFourAtMost_howeverTheyCome(String four) throws RequestFault {
    for (String part : four.split("\\|")) {
      read(part);
    }
    assertThat(parser.isBetweenRequests()).isTrue();

    assertThatThrownBy(() -> read("\r\n")).hasMessageContaining("4 empty lines");
  }

  @Test
  void headLongerThanTheFirstLook_isReadAtOnce() throws RequestFault {
    String value = "v".repeat(30_000);
    read("GET / HTTP/1.1\r\nHost: x\r\nX: " + value + "\r\n\r\nGET / HTTP/1.0\r\n\r\n");

    assertThat(told.requests).containsExactly("GET / [Host=x, X=" + value + "] ", "GET / [] ");
  }

  @Test
  void fault_isSeenAsSoonAsItsByteIsThere() throws RequestFault {
    read("GET / HTTP/1.1\r\nHost: x\r\n");

    assertThatThrownBy(() -> read("X\0\r\n"))
        .isInstanceOf(RequestFault.class)
        .hasMessageContaining("byte 0x00");
  }

  @Test
  void mutatedRequests_areToldOrRefused_andNeverBreakTheParser() {
    Random random = new Random(2);
    for (int round = 0; round < 20_000; round++) {
      Told sink = new Told();
      RequestParser mutant = new RequestParser(sink, heads);
      byte[] bytes = REQUESTS.getBytes(ISO_8859_1);
      for (int i = 0; i <= random.nextInt(3); i++) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      try {
        while (in.isReadable()) {
          int before = in.readableBytes();
          mutant.read(in);
          assertThat(in.readableBytes()).isLessThan(before);
        }
      } catch (RequestFault refused) {
        assertThat(refused.reason().status).isBetween(400, 505);
      }
      // Of three that follow each other, a fault may hide some, but add none.
      assertThat(sink.requests.size()).isLessThanOrEqualTo(TOLD.size() + 1);
    }
  }
}
