package io.shadowsentinel.wire;

import io.netty.handler.codec.http.HttpResponseStatus;
import io.vertx.core.http.HttpVersion;
import java.nio.charset.StandardCharsets;

/**
 * Reads the head of an answer, and fields, from bytes that are all there: RFC 9112, sections 4 and
 * 5. Stateless but for the names that it remembers and room to work in; one serves an event loop.
 */
public final class HeadParser {
  /** Of an answer's head, or of its trailers; as the listener takes from users. */
  public static final int MAX_BYTES = 64 << 10;

  private static final boolean[] TOKEN = new boolean[256];

  static {
    for (char c = 0x21; c < 0x7f; c++) {
      TOKEN[c] = "\"(),/:;<=>?@[\\]{}".indexOf(c) < 0;
    }
  }

  private static final int STATUS_LINE = "HTTP/1.1 200".length();

  private final FieldNames names = new FieldNames();
  private final byte[] scratch = new byte[MAX_BYTES + 1];

  /** Room for bytes that are read at once; of whoever asked last. */
  byte[] scratch(int length) {
    assert length <= scratch.length;
    return scratch;
  }

  /** True for a byte that may stand in the name of a field, or of a method. */
  public static boolean isToken(int octet) {
    return TOKEN[octet & 0xff];
  }

  /** True for a byte that may not stand in a field's value. */
  public static boolean isControl(byte octet) {
    return (octet >= 0 && octet < 0x20 && octet != '\t') || octet == 0x7f;
  }

  /**
   * The head that ends with the empty line at {@code length}.
   *
   * @throws UpstreamFault when it is none
   */
  AnswerHead answer(byte[] bytes, int length) throws UpstreamFault {
    int feed = feed(bytes, 0);
    int end = lineEnd(bytes, 0, feed);
    HttpVersion version = version(bytes, end);
    int status = status(bytes, end);
    Fields fields = new Fields();
    fields(bytes, feed + 1, length, fields);
    return new AnswerHead(version, status, reason(bytes, end, status), fields, new Fields(), false);
  }

  private static HttpVersion version(byte[] bytes, int end) throws UpstreamFault {
    if (end < STATUS_LINE
        || bytes[0] != 'H'
        || bytes[1] != 'T'
        || bytes[2] != 'T'
        || bytes[3] != 'P'
        || bytes[4] != '/'
        || bytes[5] != '1'
        || bytes[6] != '.'
        || !isDigit(bytes[7])
        || bytes[8] != ' ') {
      throw UpstreamFault.unreadable(
          "«" + shown(bytes, end) + "» (expected a status line, as in HTTP/1.1 200 OK)");
    }
    return bytes[7] == '0' ? HttpVersion.HTTP_1_0 : HttpVersion.HTTP_1_1;
  }

  private static int status(byte[] bytes, int end) throws UpstreamFault {
    boolean digits = isDigit(bytes[9]) && isDigit(bytes[10]) && isDigit(bytes[11]);
    boolean ends = end == STATUS_LINE || bytes[STATUS_LINE] == ' ';
    if (!digits || !ends || bytes[9] == '0') {
      throw UpstreamFault.unreadable(
          "«" + shown(bytes, end) + "» (expected a status of three digits, from 100 on)");
    }
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
  }

  private static String reason(byte[] bytes, int end, int status) throws UpstreamFault {
    int from = STATUS_LINE + 1;
    if (end <= from) {
      return "";
    }
    String usual = HttpResponseStatus.valueOf(status).reasonPhrase();
    int length = end - from;
    boolean same = length == usual.length();
    for (int i = 0; i < length; i++) {
      if (isControl(bytes[from + i])) {
        throw UpstreamFault.unreadable("a control character in the reason phrase");
      }
      same = same && bytes[from + i] == usual.charAt(i);
    }
    return same ? usual : new String(bytes, from, length, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads lines of fields, up to the empty one.
   *
   * @throws UpstreamFault for a line that is none
   */
  void fields(byte[] bytes, int from, int length, Fields to) throws UpstreamFault {
    int start = from;
    while (start < length) {
      int feed = feed(bytes, start);
      int end = lineEnd(bytes, start, feed);
      if (end > start) {
        field(bytes, start, end, to);
      }
      start = feed + 1;
    }
  }

  private void field(byte[] bytes, int start, int end, Fields to) throws UpstreamFault {
    int nameEnd = start;
    while (nameEnd < end && TOKEN[bytes[nameEnd] & 0xff]) {
      nameEnd++;
    }
    int colon = nameEnd;
    // A proxy is to take out such space, where it refuses it in a request: RFC 9112, section 5.1.
    while (colon < end && isSpace(bytes[colon])) {
      colon++;
    }
    if (nameEnd == start || colon == end || bytes[colon] != ':') {
      // A line that begins with space would continue the one before: nobody should send that.
      throw UpstreamFault.unreadable("a line of the head that is no field (expected NAME: VALUE)");
    }
    int value = colon + 1;
    int valueEnd = end;
    while (value < valueEnd && isSpace(bytes[value])) {
      value++;
    }
    while (valueEnd > value && isSpace(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    for (int i = value; i < valueEnd; i++) {
      if (isControl(bytes[i])) {
        throw UpstreamFault.unreadable(
            "byte 0x%02x in the field %s (expected no control characters)"
                .formatted(
                    bytes[i],
                    new String(bytes, start, nameEnd - start, StandardCharsets.ISO_8859_1)));
      }
    }
    names.add(to, bytes, start, nameEnd, value, valueEnd);
  }

  private static int feed(byte[] bytes, int from) {
    int i = from;
    while (bytes[i] != '\n') {
      i++;
    }
    return i;
  }

  private static int lineEnd(byte[] bytes, int start, int feed) {
    return feed > start && bytes[feed - 1] == '\r' ? feed - 1 : feed;
  }

  private static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }

  private static String shown(byte[] bytes, int end) {
    return new String(bytes, 0, Math.min(end, 40), StandardCharsets.US_ASCII)
        .replaceAll("\\p{Cntrl}", "?");
  }
}
