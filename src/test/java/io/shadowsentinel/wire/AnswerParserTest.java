package io.shadowsentinel.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerParserTest {

  /** Writes down what it is told. */
  private static final class Seen implements AnswerParser.Sink {
    final StringBuilder body = new StringBuilder();
    final StringBuilder interims = new StringBuilder();
    @Nullable AnswerHead head;
    boolean ended;

    @Override
    public void interim(int status, Fields fields) {
      interims.append(status).append(shown(fields)).append(' ');
    }

    @Override
    public void head(AnswerHead given) {
      head = given;
    }

    @Override
    public void chunk(Buffer chunk) {
      body.append(chunk.toString(StandardCharsets.ISO_8859_1));
    }

    @Override
    public void end() {
      ended = true;
    }

    String all() {
      AnswerHead answer = head;
      return answer == null
          ? "nothing"
          : "%s%s %d %s%s|%s|%s%s"
              .formatted(
                  interims,
                  answer.version(),
                  answer.status(),
                  answer.reason(),
                  shown(answer.fields()),
                  body,
                  shown(answer.trailers()),
                  ended ? " end" : "");
    }

    private static String shown(Fields fields) {
      StringBuilder all = new StringBuilder();
      for (int i = 0; i < fields.size(); i++) {
        all.append(' ').append(fields.name(i)).append('=').append(fields.value(i));
      }
      return all.toString();
    }
  }

  private final Seen seen = new Seen();
  private final HeadParser heads = new HeadParser();

  private static ByteBuf bytes(String text) {
    return Unpooled.copiedBuffer(text, StandardCharsets.ISO_8859_1);
  }

  private AnswerParser expecting(Seen sink, boolean toHead) {
    AnswerParser parser = new AnswerParser(sink, heads);
    parser.expect(toHead);
    return parser;
  }

  /** What is left of the text after the answer. */
  private String read(String text, boolean toHead) throws UpstreamFault {
    ByteBuf in = bytes(text);
    expecting(seen, toHead).read(in);
    return in.toString(StandardCharsets.ISO_8859_1);
  }

  private static final String[] ANSWERS = {
    "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: 1\r\n\r\nhello",
    "HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n",
    "HTTP/1.0 404 Nothing here\r\nContent-Length: 2\r\n\r\nno",
    "HTTP/1.1 204 No Content\r\n\r\n",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 99\r\n\r\n",
    "HTTP/1.1 200\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 299 \r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 200 OK\nContent-Length: 1\n\nx",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0005;a=\"b\"\r\nhello\r\nA \t;x\r\n0123456789\r\n0\r\n"
        + "T: 1\r\nU: 2\r\n\r\n",
    "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"
        + "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
    "HTTP/1.1 200 OK\r\nX: a\tb \u00e4\u00ff\r\nContent-Length : 1 \r\nY:\r\n\r\nx",
  };

  @Test
  void answers_areTheSame_howeverTheirBytesCome() throws UpstreamFault {
    for (String answer : ANSWERS) {
      Seen whole = new Seen();
      expecting(whole, false).read(bytes(answer));
      assertThat(whole.all()).as(answer).endsWith(" end");
      for (int cut = 1; cut < answer.length(); cut++) {
        Seen parts = new Seen();
        AnswerParser parser = expecting(parts, false);
        parser.read(bytes(answer.substring(0, cut)));
        parser.read(bytes(answer.substring(cut)));
        assertThat(parts.all()).as("%s, cut at %d", answer, cut).isEqualTo(whole.all());
      }
      Seen dripped = new Seen();
      AnswerParser parser = expecting(dripped, false);
      for (char octet : answer.toCharArray()) {
        parser.read(bytes(String.valueOf(octet)));
      }
      assertThat(dripped.all()).as("%s, byte for byte", answer).isEqualTo(whole.all());
      assertThat(parser.isIdle()).isTrue();
    }
  }

  @Test
  void answer_isReadAsItWasSent() throws UpstreamFault {
    assertThat(read(ANSWERS[0], false)).isEmpty();
    assertThat(seen.all()).isEqualTo("HTTP_1_1 200 OK Content-Length=5 X=1|hello| end");
  }

  @Test
  void chunksAndTrailers_areReadAsTheyWereSent() throws UpstreamFault {
    read(ANSWERS[9], false);
    assertThat(seen.all())
        .isEqualTo("HTTP_1_1 200 OK Transfer-Encoding=chunked|hello0123456789| T=1 U=2 end");
  }

  @Test
  void interimAnswers_comeBeforeTheHead() throws UpstreamFault {
    read(ANSWERS[10], false);
    assertThat(seen.all()).startsWith("100 103 Link=</a> HTTP_1_1 200 OK");
  }

  @Test
  void whatFollowsAnAnswer_isLeft() throws UpstreamFault {
    String next = "HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged";
    for (String answer : ANSWERS) {
      ByteBuf in = bytes(answer + next);
      expecting(new Seen(), false).read(in);
      assertThat(in.toString(StandardCharsets.ISO_8859_1)).as(answer).isEqualTo(next);
    }
  }

  @Test
  void answerToHead_hasNoBody_whateverItSays() throws UpstreamFault {
    assertThat(read("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", true)).isEqualTo("hello");
    assertThat(seen.ended).isTrue();
    assertThat(seen.body).isEmpty();
  }

  @Test
  void answerWithoutLength_endsWithItsConnection() throws UpstreamFault {
    AnswerParser parser = expecting(seen, false);
    parser.read(bytes("HTTP/1.1 200 OK\r\n\r\nsome"));
    parser.read(bytes(" more"));

    assertThat(parser.endsWithConnection()).isTrue();
    assertThat(seen.all()).isEqualTo("HTTP_1_1 200 OK|some more|");
  }

  @Test
  void answerOfOldVersion_isKnownAsSuch() throws UpstreamFault {
    read(ANSWERS[2], false);
    AnswerHead head = seen.head;
    assertThat(head).isNotNull();
    assertThat(head.version()).isEqualTo(HttpVersion.HTTP_1_0);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\nHTTP/1.1 200 OK\r\n\r\n",
        "HTTP/2.0 200 OK\r\n\r\n",
        "HTTP/1.1  200 OK\r\n\r\n",
        "HTTP/1.1 2000 OK\r\n\r\n",
        "HTTP/1.1 20 OK\r\n\r\n",
        "HTTP/1.1 099 OK\r\n\r\n",
        "HTTP/1.1 200OK\r\n\r\n",
        "HTTP/1.1 2x0 OK\r\n\r\n",
        "http/1.1 200 OK\r\n\r\n",
        "HTTP/1.1 200 O\u0000K\r\n\r\n",
        "HTTP/1.1 200 OK\rX: 1\r\n\r\n",
        "SSH-2.0-OpenSSH_9.2\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
        "HTTP/1.1 200 OK\r\n X: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: 1\r\n 2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: 1\r2\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: 1\u00002\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: \u007f\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\r\n\r\n",
        "HTTP/1.1 200 OK\r\n: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX Y: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX\u00e4: 1\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 2\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1, 1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: +1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 0x1\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length:\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\nx",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      })
  void head_thatCouldBeReadInTwoWays_isRefused(String text) {
    assertThatThrownBy(() -> read(text, false)).isInstanceOf(UpstreamFault.class);
    assertThat(seen.head).isNull();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\r\n",
        "x\r\n",
        "-1\r\nx\r\n",
        "+1\r\nx\r\n",
        "0x1\r\nx\r\n",
        " 1\r\nx\r\n",
        "1\nx\r\n",
        "1\rx\r\n",
        "1 1\r\nx\r\n",
        "1;a\nb\r\nx\r\n",
        "1;\u0000\r\nx\r\n",
        "1\r\nxy\r\n",
        "1\r\nx\n0\r\n\r\n",
        "1\r\nx\r0\r\n\r\n",
        "1000000000000000\r\nx\r\n",
        "0000000000000001\r\nx\r\n",
        "0\r\nNo field\r\n\r\n",
        "0\r\nX: \u0000\r\n\r\n",
      })
  void chunk_thatCouldBeReadInTwoWays_isRefused(String body) {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";
    assertThatThrownBy(() -> read(head + body, false)).isInstanceOf(UpstreamFault.class);
    assertThat(seen.ended).isFalse();
  }

  @ParameterizedTest
  @CsvSource({"-1, true", "0, true", "1, false"})
  void head_mayHaveSoManyBytes(int more, boolean taken) throws UpstreamFault {
    String start = "HTTP/1.1 204 x\r\nX: ";
    String end = "\r\n\r\n";
    int room = HeadParser.MAX_BYTES - start.length() - end.length() + more;
    String text = start + "x".repeat(room) + end;
    AnswerParser parser = expecting(seen, false);
    if (taken) {
      parser.read(bytes(text));
      assertThat(seen.ended).isTrue();
    } else {
      assertThatThrownBy(() -> parser.read(bytes(text))).hasMessageContaining("65536 bytes");
    }
  }

  @Test
  void headWithoutEnd_isRefused_whereverItsBytesCome() {
    AnswerParser parser = expecting(seen, false);
    ByteBuf line = bytes("X: " + "y".repeat(1_000) + "\r\n");
    assertThatThrownBy(
            () -> {
              parser.read(bytes("HTTP/1.1 200 OK\r\n"));
              for (int i = 0; i < 100; i++) {
                parser.read(line.duplicate());
              }
            })
        .hasMessageContaining("65536 bytes");
  }

  @Test
  void chunkLineWithoutEnd_isRefused() {
    String head = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1;";
    assertThatThrownBy(() -> read(head + "x".repeat(5_000), false))
        .hasMessageContaining("4096 bytes");
  }

  @Test
  void stopped_tellsNothingMore() throws UpstreamFault {
    AnswerParser parser =
        new AnswerParser(
            new AnswerParser.Sink() {
              @Override
              public void interim(int status, Fields fields) {}

              @Override
              public void head(AnswerHead head) {
                seen.head(head);
              }

              @Override
              public void chunk(Buffer chunk) {
                seen.chunk(chunk);
              }

              @Override
              public void end() {
                seen.end();
              }
            },
            heads);
    parser.expect(false);
    parser.read(bytes("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhe"));
    parser.stop();
    ByteBuf rest = bytes("llo");
    parser.read(rest);

    assertThat(seen.body).hasToString("he");
    assertThat(seen.ended).isFalse();
    assertThat(rest.readableBytes()).isEqualTo(3);
  }
}
