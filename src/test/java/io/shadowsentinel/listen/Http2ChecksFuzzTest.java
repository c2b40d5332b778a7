package io.shadowsentinel.listen;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.shadowsentinel.proxy.RequestTarget;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestEncoder;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.RequestParserFuzzTest;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.HostAndPort;
import java.lang.reflect.Proxy;
import java.util.Objects;
import java.util.regex.Pattern;

/** What passes of HTTP/2 is one and the same request to an HTTP/1.1 champion. */
class Http2ChecksFuzzTest {
  private static final Pattern REFUSED_BY_NETTY = Pattern.compile("[A-Z]|^connection$");
  private static final Pattern METHOD = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  /**
   * Method, scheme, authority, path and fields.
   *
   * @param bytes {@code POST|https|a:1|/path|name=value|name=value}
   */
  @FuzzTest(maxDuration = "60s")
  void requests(byte[] bytes) throws UpstreamFault {
    String[] parts = new String(bytes, ISO_8859_1).split("\\|", -1);
    // Netty takes space and control characters around a method away, and lets no other by.
    if (parts.length < 4 || !METHOD.matcher(parts[0]).matches()) {
      return;
    }
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 4; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      String name = equals < 0 ? parts[i] : parts[i].substring(0, equals);
      if (REFUSED_BY_NETTY.matcher(name).find()) {
        return;
      }
      headers.add(name, equals < 0 ? "" : parts[i].substring(equals + 1));
    }
    HttpServerRequest request = request(parts, headers);
    String length = headers.get("content-length");
    long bodyBytes = length == null ? -1 : HeaderRules.parseLength(length);
    try {
      Http2Checks.check(request, bodyBytes, ListenLimits.DEFAULTS);
    } catch (RequestFault fault) {
      assertThat(fault.getMessage())
          .doesNotContainPattern(RequestParserFuzzTest.CONTROL)
          .hasSizeLessThanOrEqualTo(RequestParserFuzzTest.MAX_MESSAGE);
      return;
    }
    requireSame(parts, headers, bodyBytes);
  }

  private static void requireSame(String[] parts, MultiMap headers, long bodyBytes)
      throws UpstreamFault {
    Fields fields = HeaderRules.endToEnd(headers);
    HostAndPort authority = authority(parts);
    RequestTarget.setHost(fields, false, authority == null ? "champion" : authority.toString());
    if (bodyBytes < 0) {
      fields.remove("content-length");
      fields.add("Transfer-Encoding", "chunked");
    }
    RequestEncoder encoder = new RequestEncoder();
    encoder.encode(parts[0], parts[3], fields);
    ByteBuf out = Unpooled.buffer();
    encoder.writeTo(out);
    out.writeCharSequence("\r\n", ISO_8859_1);
    byte[] head = new byte[out.readableBytes()];
    out.readBytes(head);

    RequestParserFuzzTest.Reader champion = RequestParserFuzzTest.Reader.champion();
    champion.read(head);
    assertThat(champion.fault).isNull();
    champion.read(new byte[(int) Math.max(0, Math.min(bodyBytes, 1 << 16))]);
    if (bodyBytes < 0) {
      champion.read("0\r\n\r\n".getBytes(ISO_8859_1));
    } else if (bodyBytes > 1 << 16) {
      return;
    }
    assertThat(champion.fault).isNull();
    assertThat(champion.requests).hasSize(1);
    RequestParserFuzzTest.Request read = champion.requests.get(0);
    assertThat(read.head().method()).isEqualTo(parts[0]);
    assertThat(read.head().target()).isEqualTo(parts[3]);
    assertThat(read.fields()).isEqualTo(RequestParserFuzzTest.list(fields));
    assertThat(read.body()).hasSize((int) Math.max(0, bodyBytes));
  }

  private static HostAndPort authority(String[] parts) {
    return parts[2].isEmpty() ? null : HostAndPort.parseAuthority(parts[2], -1);
  }

  private static HttpServerRequest request(String[] parts, MultiMap headers) {
    return (HttpServerRequest)
        Proxy.newProxyInstance(
            Http2ChecksFuzzTest.class.getClassLoader(),
            new Class<?>[] {HttpServerRequest.class},
            (self, method, args) ->
                switch (method.getName()) {
                  case "method" -> HttpMethod.valueOf(parts[0]);
                  case "scheme" -> parts[1];
                  case "authority" -> authority(parts);
                  case "uri" -> parts[3];
                  case "headers" -> headers;
                  default -> throw new AssertionError(Objects.toString(method));
                });
  }
}
