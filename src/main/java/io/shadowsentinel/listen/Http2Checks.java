package io.shadowsentinel.listen;

import io.netty.channel.ChannelHandler;
import io.netty.handler.codec.http2.Http2ConnectionHandler;
import io.netty.handler.codec.http2.Http2Stream;
import io.shadowsentinel.wire.HeadParser;
import io.shadowsentinel.wire.HostRules;
import io.shadowsentinel.wire.ListenLimits;
import io.shadowsentinel.wire.RequestChecks;
import io.shadowsentinel.wire.RequestFault;
import io.shadowsentinel.wire.RequestHeadParser;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.Map;

/**
 * Whether an HTTP/2 request can be told in HTTP/1.1, where it may have to go, without becoming
 * another one: RFC 9113, section 10.3. Netty has looked at the names and at the framing, and {@link
 * Http2Guard} at the method. Pure.
 */
public final class Http2Checks {
  private Http2Checks() {}

  /**
   * Looks at a request, before anything of its body.
   *
   * @param bodyBytes -1 when its length is not known
   * @throws RequestFault for one that goes nowhere
   */
  public static void check(HttpServerRequest request, long bodyBytes, ListenLimits limits)
      throws RequestFault {
    if (HttpMethod.CONNECT.equals(request.method())) {
      throw new RequestFault(
          RequestFault.Reason.UNSUPPORTED,
          "CONNECT is for forward proxies; this is a reverse proxy");
    }
    RequestHeadParser.requireMethod(request.method().name().length());
    if (!"http".equalsIgnoreCase(request.scheme()) && !"https".equalsIgnoreCase(request.scheme())) {
      throw RequestFault.malformed("a malformed :scheme (expected http or https)");
    }
    requireTarget(request, limits);
    if (request.authority() == null) {
      throw RequestFault.malformed("neither :authority nor host (expected one, as in name:port)");
    }
    if (!HostRules.isAuthority(request.authority().toString())) {
      throw RequestFault.malformed("a malformed :authority (expected one, as in name:port)");
    }
    int count = 0;
    int lengths = 0;
    int hosts = 0;
    for (Map.Entry<String, String> field : request.headers()) {
      requireToken(field.getKey());
      RequestChecks.refuseAlias(field.getKey());
      requireValue(field.getKey(), field.getValue());
      count++;
      if (field.getKey().equals("content-length")) {
        lengths++;
      } else if (field.getKey().equals("host")) {
        hosts++;
      }
    }
    if (hosts > 1) {
      throw RequestFault.malformed("host twice (expected it once)");
    }
    if (count > limits.maxHeaderCount()) {
      throw RequestFault.over(
          RequestFault.Reason.HEADER_COUNT, "too many header fields", limits.maxHeaderCount());
    }
    boolean malformed = bodyBytes < 0 && lengths > 0;
    if (lengths > 1 || malformed) {
      throw RequestFault.malformed("a malformed content-length (expected one of up to 18 digits)");
    }
    if (bodyBytes > limits.maxBodyBytes()) {
      throw RequestFault.over(
          RequestFault.Reason.BODY, "too many bytes in the body", limits.maxBodyBytes());
    }
  }

  /** True when the head was not all: something is to come, of which it may not say how much. */
  public static boolean isOpen(HttpServerRequest request) {
    ChannelHandler handler =
        ((ConnectionBase) request.connection()).channelHandlerContext().handler();
    Http2Stream stream = ((Http2ConnectionHandler) handler).connection().stream(request.streamId());
    return stream != null && stream.state().remoteSideOpen();
  }

  private static boolean isBlank(String value, int at) {
    return !value.isEmpty() && (value.charAt(at) == ' ' || value.charAt(at) == '\t');
  }

  /** True when a method or a field could have this name. */
  static boolean isToken(CharSequence name) {
    boolean token = !name.isEmpty();
    for (int i = 0; i < name.length(); i++) {
      token &= name.charAt(i) < 128 && HeadParser.isToken(name.charAt(i));
    }
    return token;
  }

  private static void requireToken(String name) throws RequestFault {
    if (!isToken(name)) {
      throw RequestFault.malformed("a malformed name of a header field");
    }
  }

  private static void requireTarget(HttpServerRequest request, ListenLimits limits)
      throws RequestFault {
    String target = request.uri();
    if (target.length() > limits.maxUriBytes()) {
      throw RequestFault.over(
          RequestFault.Reason.URI, "too many bytes in the target", limits.maxUriBytes());
    }
    boolean path = target.startsWith("/");
    boolean all = target.equals("*") && HttpMethod.OPTIONS.equals(request.method());
    for (int i = 0; i < target.length(); i++) {
      char c = target.charAt(i);
      path &= c > ' ' && c != 0x7f && c != '#' && c < 256;
    }
    if (!path && !all) {
      throw RequestFault.malformed("a malformed :path (expected a path, without fragment)");
    }
  }

  private static void requireValue(String name, String value) throws RequestFault {
    if (isBlank(value, 0) || isBlank(value, value.length() - 1)) {
      throw RequestFault.malformed("space around the value of the field " + name);
    }
    for (int i = 0; i < value.length(); i++) {
      if (value.charAt(i) > 255 || HeadParser.isControl((byte) value.charAt(i))) {
        throw RequestFault.malformed("a control character in the field " + name);
      }
    }
  }
}
