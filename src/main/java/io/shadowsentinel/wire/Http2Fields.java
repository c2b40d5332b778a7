package io.shadowsentinel.wire;

import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import io.vertx.core.http.HttpVersion;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of HTTP/2, to and from an upstream. What HTTP/1.1 could not carry is refused, whomever
 * it is for: RFC 9113, section 8.2. Pure.
 */
public final class Http2Fields {
  private Http2Fields() {}

  /**
   * A request's head.
   *
   * @param fields without what names the host, and without those of one connection
   * @throws UpstreamFault when part of it cannot be sent
   */
  public static Http2Headers request(
      String method, String scheme, String authority, String target, Fields fields)
      throws UpstreamFault {
    for (int i = 0; i < authority.length(); i++) {
      if (authority.charAt(i) <= ' ' || authority.charAt(i) >= 0x7f) {
        throw new UpstreamFault("a character that HTTP does not allow in: authority");
      }
    }
    Http2Headers head = new DefaultHttp2Headers(false, fields.size() + 4);
    head.method(method).scheme(scheme).path(target).authority(authority);
    return addTo(head, fields);
  }

  /** Trailers, which have been looked at. */
  public static Http2Headers trailers(Fields fields) {
    return addTo(new DefaultHttp2Headers(false, fields.size()), fields);
  }

  private static Http2Headers addTo(Http2Headers headers, Fields fields) {
    for (int i = 0; i < fields.size(); i++) {
      headers.add(AsciiString.of(fields.name(i)).toLowerCase(), fields.value(i));
    }
    return headers;
  }

  /**
   * An answer's head, be it an interim one.
   *
   * @param isAll true when the stream ends with it
   * @throws UpstreamFault when it is none
   */
  public static AnswerHead answer(Http2Headers headers, boolean isAll) throws UpstreamFault {
    Fields fields = new Fields();
    CharSequence status = null;
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      if (!AsciiString.contentEquals(field.getKey(), ":status")) {
        add(field, fields);
      } else if (status == null) {
        status = field.getValue();
      } else {
        throw UpstreamFault.unreadable(":status twice (expected it once)");
      }
    }
    return new AnswerHead(HttpVersion.HTTP_2, status(status), "", fields, new Fields(), isAll);
  }

  private static int status(@Nullable CharSequence text) throws UpstreamFault {
    int status = 0;
    boolean digits = text != null && text.length() == 3;
    for (int i = 0; digits && i < 3; i++) {
      int digit = text.charAt(i) - '0';
      digits = digit >= 0 && digit <= 9;
      status = 10 * status + digit;
    }
    if (!digits || status < 100) {
      throw UpstreamFault.unreadable(
          ":status «" + shown(text) + "» (expected three digits, from 100 on)");
    }
    return status;
  }

  /**
   * Adds an answer's trailers.
   *
   * @throws UpstreamFault when one of them is none
   */
  public static void trailers(Http2Headers headers, Fields to) throws UpstreamFault {
    for (Map.Entry<CharSequence, CharSequence> field : headers) {
      add(field, to);
    }
  }

  private static void add(Map.Entry<CharSequence, CharSequence> field, Fields to)
      throws UpstreamFault {
    CharSequence name = field.getKey();
    boolean lower = name.length() > 0;
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      lower &= c < 128 && HeadParser.isToken(c) && (c < 'A' || c > 'Z');
    }
    if (!lower) {
      throw UpstreamFault.unreadable(
          "«" + shown(name) + "» (expected the name of a field, in lower case)");
    }
    if (!AsciiString.contentEquals(name, "te") && isOfConnection(name)) {
      throw UpstreamFault.unreadable("the field " + name + " (expected none of one connection)");
    }
    // Space around a value means nothing in HTTP/1.1, and may not be in HTTP/2.
    String value = trimmed(field.getValue().toString());
    for (int i = 0; i < value.length(); i++) {
      if (HeadParser.isControl((byte) value.charAt(i))) {
        throw UpstreamFault.unreadable(
            "byte 0x%02x in the field %s (expected no control characters)"
                .formatted((int) value.charAt(i), name));
      }
    }
    to.add(name, value);
  }

  private static String trimmed(String value) {
    int from = 0;
    int to = value.length();
    while (from < to && isSpace(value.charAt(from))) {
      from++;
    }
    while (to > from && isSpace(value.charAt(to - 1))) {
      to--;
    }
    return value.substring(from, to);
  }

  private static boolean isSpace(char c) {
    return c == ' ' || c == '\t';
  }

  private static boolean isOfConnection(CharSequence name) {
    return switch (name.length()) {
      case 7, 10, 16, 17 -> HeaderRules.isHopByHop(name);
      default -> false;
    };
  }

  private static String shown(@Nullable CharSequence text) {
    String all = text == null ? "" : text.toString();
    return all.substring(0, Math.min(all.length(), 40)).replaceAll("[^\\x20-\\x7e]", "?");
  }
}
