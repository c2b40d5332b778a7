package io.shadowsentinel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.shadowsentinel.kit.Cuts;
import io.shadowsentinel.proxy.TestLimits;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Whatever a user sends is refused, or read in one way only, here and behind the proxy. */
public class RequestParserFuzzTest {
  private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}");
  private static final Pattern TARGET = Pattern.compile("/[^\\x00-\\x20#\\x7f]*|\\*");
  private static final Pattern FIELD =
      Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+: [^\\x00-\\x08\\x0a-\\x1f\\x7f]*");
  private static final Pattern LENGTH = Pattern.compile("[0-9]{1,18}");

  /** Of 250 characters, each may be spelled out in six. */
  public static final int MAX_MESSAGE = 6 * 250 + 1;

  public static final Pattern CONTROL = Pattern.compile("\\p{Cc}");

  private static final RequestHeadParser HEADS = new RequestHeadParser(ListenLimits.DEFAULTS);

  /** With room for the fields that are added on the way. */
  private static final RequestHeadParser CHAMPION =
      new RequestHeadParser(new TestLimits().headerCount(200).header(1 << 18).make());

  /**
   * A request that was read to its end.
   *
   * @param parts fields, body and trailers as text
   */
  public record Request(RequestHead head, List<String> fields, String body, List<String> trailers) {
    @Override
    public String toString() {
      return head.method() + " " + head.target() + fields + body + trailers;
    }
  }

  /** Reads what comes as a connection does, and looks at each head. */
  public static final class Reader implements RequestParser.Sink {
    public final List<Request> requests = new ArrayList<>();
    final RequestParser parser;
    public @Nullable RequestFault fault;
    private @Nullable RequestHead head;
    private ByteArrayOutputStream body = new ByteArrayOutputStream();
    private List<String> trailers = List.of();

    private Reader(RequestHeadParser heads) {
      parser = new RequestParser(this, heads);
    }

    public static Reader champion() {
      return new Reader(CHAMPION);
    }

    public void read(byte[] bytes) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      try {
        while (fault == null && in.isReadable()) {
          parser.read(in);
        }
      } catch (RequestFault e) {
        assertThat(e.getMessage())
            .doesNotContainPattern(CONTROL)
            .hasSizeLessThanOrEqualTo(MAX_MESSAGE);
        fault = e;
      }
    }

    @Override
    public void head(RequestHead given) {
      assertThat(head).isNull();
      head = given;
      requireStrict(given);
    }

    @Override
    public void chunk(byte[] bytes) {
      assertThat(head).isNotNull();
      assertThat(bytes).isNotEmpty();
      body.writeBytes(bytes);
    }

    @Override
    public void trailers(Fields given) {
      trailers = list(given);
      assertThat(trailers).isNotEmpty();
    }

    @Override
    public void end() {
      RequestHead ended = Objects.requireNonNull(head);
      if (ended.bodyBytes() >= 0) {
        assertThat((long) body.size()).isEqualTo(ended.bodyBytes());
        assertThat(trailers).isEmpty();
      }
      requests.add(new Request(ended, list(ended.fields()), body.toString(ISO_8859_1), trailers));
      head = null;
      body = new ByteArrayOutputStream();
      trailers = List.of();
    }

    /** All that was told, of the last request too when it did not end. */
    String told() {
      return requests.toString() + (head == null ? "" : head.method() + list(head.fields()) + body);
    }
  }

  public static List<String> list(Fields fields) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < fields.size(); i++) {
      all.add(fields.name(i) + ": " + fields.value(i));
    }
    return all;
  }

  private static void requireStrict(RequestHead head) {
    assertThat(head.method()).matches(METHOD);
    assertThat(head.target()).matches(TARGET);
    List<String> lengths = head.fields().getAll("content-length");
    List<String> encodings = head.fields().getAll("transfer-encoding");
    assertThat(lengths.size() + encodings.size()).isLessThan(2);
    lengths.forEach(length -> assertThat(length).matches(LENGTH));
    encodings.forEach(encoding -> assertThat(encoding).isEqualToIgnoringCase("chunked"));
    assertThat(head.fields().getAll("host")).hasSizeBetween(head.http10() ? 0 : 1, 1);
    requireFields(head.fields());
  }

  static void requireFields(Fields fields) {
    for (String field : list(fields)) {
      assertThat(field).matches(FIELD);
    }
  }

  /** The request as an HTTP/1.1 champion would get it. */
  static byte[] encoded(Request request) throws UpstreamFault {
    RequestHead head = request.head();
    Fields fields = new Fields();
    for (int i = 0; i < head.fields().size(); i++) {
      fields.add(head.fields().name(i), head.fields().value(i));
    }
    // Of this connection only.
    fields.remove("connection");
    if (!fields.contains("host")) {
      fields.add("Host", "champion");
    }
    RequestEncoder encoder = new RequestEncoder();
    encoder.encode(head.method(), head.target(), fields);
    ByteBuf out = Unpooled.buffer();
    encoder.writeTo(out);
    out.writeCharSequence("\r\n", ISO_8859_1);
    if (head.bodyBytes() >= 0) {
      out.writeCharSequence(request.body(), ISO_8859_1);
    } else {
      if (!request.body().isEmpty()) {
        String size = Integer.toHexString(request.body().length());
        out.writeCharSequence(size + "\r\n" + request.body() + "\r\n", ISO_8859_1);
      }
      String trailers = String.join("\r\n", request.trailers());
      out.writeCharSequence("0\r\n" + trailers + (trailers.isEmpty() ? "" : "\r\n"), ISO_8859_1);
      out.writeCharSequence("\r\n", ISO_8859_1);
    }
    byte[] bytes = new byte[out.readableBytes()];
    out.readBytes(bytes);
    return bytes;
  }

  @FuzzTest(maxDuration = "60s")
  void requests(byte[] bytes) throws UpstreamFault {
    Reader whole = new Reader(HEADS);
    whole.read(bytes);
    for (List<byte[]> parts : Cuts.of(bytes)) {
      Reader cut = new Reader(HEADS);
      parts.forEach(cut::read);
      requireSame(cut, whole);
    }
    for (Request request : whole.requests) {
      Reader champion = Reader.champion();
      champion.read(encoded(request));
      assertThat(champion.fault).isNull();
      assertThat(champion.requests).hasSize(1);
      Request again = champion.requests.get(0);
      assertThat(again.head().method()).isEqualTo(request.head().method());
      assertThat(again.head().target()).isEqualTo(request.head().target());
      request.head().fields().remove("connection");
      assertThat(again.fields()).containsAll(list(request.head().fields()));
      assertThat(again.body()).isEqualTo(request.body());
      assertThat(again.trailers()).isEqualTo(request.trailers());
    }
  }

  /** A head, or trailers, that come in parts are looked at when a line of them ends. */
  private static void requireSame(Reader cut, Reader whole) {
    if (whole.fault != null && cut.fault == null) {
      cut.read(new byte[] {'\n'});
    }
    assertThat(cut.told()).isEqualTo(whole.told());
    assertThat(cut.fault == null).isEqualTo(whole.fault == null);
    if (whole.fault == null) {
      Map<String, Boolean> state = state(whole.parser);
      assertThat(state(cut.parser)).isEqualTo(state);
    } else {
      assertThat(Objects.requireNonNull(cut.fault).reason()).isEqualTo(whole.fault.reason());
    }
  }

  private static Map<String, Boolean> state(RequestParser parser) {
    return Map.of("between", parser.isBetweenRequests(), "head", parser.isInHead());
  }
}
