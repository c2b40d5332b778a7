package io.shadowsentinel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.shadowsentinel.kit.Cuts;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whatever a champion answers is refused, or read in one way only. */
class AnswerParserFuzzTest {
  private static final Pattern REASON_CONTROL = Pattern.compile("[\\x00-\\x08\\x0a-\\x1f\\x7f]");
  private static final HeadParser HEADS = new HeadParser();

  /** Reads one answer, and looks at each head. */
  private static final class Reader implements AnswerParser.Sink {
    final StringBuilder told = new StringBuilder();
    final Buffer body = Buffer.buffer();
    final AnswerParser parser = new AnswerParser(this, HEADS);
    @Nullable AnswerHead head;
    public @Nullable UpstreamFault fault;
    boolean ended;
    int left;

    Reader(boolean toHead) {
      parser.expect(toHead);
    }

    public void read(byte[] bytes) {
      if (fault != null) {
        return;
      }
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      try {
        parser.read(in);
        left += in.readableBytes();
      } catch (UpstreamFault e) {
        assertThat(e.getMessage())
            .doesNotContainPattern(RequestParserFuzzTest.CONTROL)
            .hasSizeLessThanOrEqualTo(RequestParserFuzzTest.MAX_MESSAGE);
        fault = e;
      }
    }

    @Override
    public void interim(int status, Fields fields) {
      assertThat(status).isBetween(100, 199).isNotEqualTo(101);
      RequestParserFuzzTest.requireFields(fields);
      told.append(status).append(RequestParserFuzzTest.list(fields));
    }

    @Override
    public void head(AnswerHead given) {
      assertThat(head).isNull();
      assertThat(given.status()).isBetween(200, 999);
      assertThat(given.reason()).doesNotContainPattern(REASON_CONTROL);
      RequestParserFuzzTest.requireFields(given.fields());
      head = given;
      told.append(given.version()).append(given.status()).append(given.reason());
      told.append(RequestParserFuzzTest.list(given.fields()));
    }

    @Override
    public void chunk(Buffer chunk) {
      assertThat(head).isNotNull();
      assertThat(ended).isFalse();
      assertThat(chunk.length()).isPositive();
      body.appendBuffer(chunk);
    }

    @Override
    public void end() {
      assertThat(head).isNotNull();
      assertThat(ended).isFalse();
      ended = true;
      RequestParserFuzzTest.requireFields(head.trailers());
    }

    String all() {
      String trailers = head == null ? "" : RequestParserFuzzTest.list(head.trailers()).toString();
      return told + body.toString(ISO_8859_1) + trailers + ended + parser.endsWithConnection();
    }
  }

  @FuzzTest(maxDuration = "60s")
  void answers(byte[] bytes) {
    read(bytes, false);
    read(bytes, true);
  }

  private static void read(byte[] bytes, boolean toHead) {
    Reader whole = new Reader(toHead);
    whole.read(bytes);
    for (List<byte[]> parts : Cuts.of(bytes)) {
      Reader cut = new Reader(toHead);
      parts.forEach(cut::read);
      assertThat(cut.all()).isEqualTo(whole.all());
      assertThat(cut.fault == null ? null : cut.fault.getMessage())
          .isEqualTo(whole.fault == null ? null : whole.fault.getMessage());
      if (whole.fault == null) {
        assertThat(cut.left).isEqualTo(whole.left);
      }
    }
    AnswerHead head = whole.head;
    if (head == null || whole.fault != null) {
      return;
    }
    requireFramed(head, whole, toHead);
    if (whole.ended) {
      Reader again = new Reader(toHead);
      again.read(encoded(head, whole.body, toHead));
      assertThat(again.fault).isNull();
      assertThat(again.left).isZero();
      assertThat(again.ended).isTrue();
      assertThat(again.body).isEqualTo(whole.body);
      assertThat(again.all()).endsWith(whole.all().substring(interims(whole)));
    }
  }

  private static int interims(Reader read) {
    return read.told.indexOf("HTTP_1_");
  }

  /** Where the body ends is said once, and kept to. */
  private static void requireFramed(AnswerHead head, Reader read, boolean toHead) {
    List<String> lengths = head.fields().getAll("content-length");
    List<String> encodings = head.fields().getAll("transfer-encoding");
    assertThat(lengths.size() + encodings.size()).isLessThan(2);
    if (toHead || head.status() == 204 || head.status() == 304) {
      assertThat(read.ended).isTrue();
      assertThat(read.body.length()).isZero();
    } else if (lengths.size() == 1 && read.ended) {
      assertThat((long) read.body.length()).isEqualTo(Long.parseLong(lengths.get(0)));
    } else if (encodings.size() == 1) {
      assertThat(encodings.get(0)).isEqualToIgnoringCase("chunked");
    } else if (lengths.isEmpty()) {
      assertThat(read.parser.endsWithConnection()).isTrue();
    }
  }

  private static byte[] encoded(AnswerHead head, Buffer body, boolean toHead) {
    StringBuilder text = new StringBuilder();
    text.append(head.version() == HttpVersion.HTTP_1_0 ? "HTTP/1.0 " : "HTTP/1.1 ");
    text.append(head.status()).append(' ').append(head.reason()).append("\r\n");
    RequestParserFuzzTest.list(head.fields()).forEach(line -> text.append(line).append("\r\n"));
    text.append("\r\n");
    boolean bodiless = toHead || AnswerHead.isBodiless(head.status());
    if (bodiless || !head.fields().contains("transfer-encoding")) {
      return text.append(body.toString(ISO_8859_1)).toString().getBytes(ISO_8859_1);
    }
    if (body.length() > 0) {
      text.append(Integer.toHexString(body.length())).append("\r\n");
      text.append(body.toString(ISO_8859_1)).append("\r\n");
    }
    text.append("0\r\n");
    RequestParserFuzzTest.list(head.trailers()).forEach(line -> text.append(line).append("\r\n"));
    return text.append("\r\n").toString().getBytes(ISO_8859_1);
  }
}
