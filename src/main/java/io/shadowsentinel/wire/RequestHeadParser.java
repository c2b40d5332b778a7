package io.shadowsentinel.wire;

import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Reads the head of a request in one pass, and its trailers: RFC 9112, sections 3 and 5, without
 * the licence that it gives to be lenient. Every line ends with CR LF, one space parts the request
 * line, no line is folded, and no name is followed by space. It has room to work in, so one serves
 * an event loop, and no more than one.
 */
public final class RequestHeadParser {
  private static final int MAX_METHOD_BYTES = 64;

  private static final byte[] VERSION = {'H', 'T', 'T', 'P', '/'};
  private static final int VERSION_BYTES = "HTTP/1.1".length();

  private static final boolean[] IN_TARGET = new boolean[256];
  private static final boolean[] IN_VALUE = new boolean[256];

  static {
    for (int octet = 0; octet < 256; octet++) {
      // A fragment is the user's own business, and what follows # would not be part of the path to
      // everybody. Octets from 128 on are not ASCII, but harmless, and sent by many.
      IN_TARGET[octet] = octet > ' ' && octet != 0x7f && octet != '#';
      IN_VALUE[octet] = !HeadParser.isControl((byte) octet);
    }
  }

  private final ListenLimits limits;
  private final FieldNames names = new FieldNames();
  private final byte[] scratch;

  // The head that is being read
  private byte[] bytes = {};
  private int at;
  private int to;

  public RequestHeadParser(ListenLimits limits) {
    this.limits = limits;
    int lineBytes = MAX_METHOD_BYTES + limits.maxUriBytes() + VERSION_BYTES + 4;
    // With some to spare, so that it is a limit that is passed first.
    scratch = new byte[lineBytes + limits.maxHeaderBytes() + 64];
  }

  ListenLimits limits() {
    return limits;
  }

  /** Room for bytes that are read at once; of whoever asked last. */
  byte[] scratch() {
    return scratch;
  }

  /** The index after what {@link #head} or {@link #trailers} read. */
  int end() {
    return at;
  }

  /**
   * Reads a head.
   *
   * @return null when it is not all there yet
   * @throws RequestFault when it is none, whatever would come
   */
  @Nullable RequestHead head(byte[] from, int start, int end) throws RequestFault {
    bytes = from;
    at = start;
    to = end;
    String method = method();
    if (method == null) {
      return null;
    }
    String target = target();
    if (target == null) {
      return null;
    }
    int minor = version();
    if (minor < 0) {
      return null;
    }
    Fields fields = new Fields();
    if (!fields(fields)) {
      return null;
    }
    return RequestChecks.complete(method, target, minor == 0, fields);
  }

  /**
   * Reads trailers, up to the empty line, which may be all there is.
   *
   * @return null when they are not all there yet
   */
  @Nullable Fields trailers(byte[] from, int start, int end) throws RequestFault {
    bytes = from;
    at = start;
    to = end;
    Fields fields = new Fields();
    return fields(fields) ? fields : null;
  }

  // The request line

  /** Holds the length of a method against the bound, whatever the version of HTTP. */
  public static void requireMethod(int length) throws RequestFault {
    if (length > MAX_METHOD_BYTES) {
      throw RequestFault.malformed(
          "a method of more than " + MAX_METHOD_BYTES + " bytes (expected GET, for example)");
    }
  }

  private @Nullable String method() throws RequestFault {
    int start = at;
    while (at < to && HeadParser.isToken(bytes[at])) {
      at++;
    }
    int length = at - start;
    requireMethod(length);
    if (at == to) {
      return null;
    }
    if (length == 0 || bytes[at] != ' ') {
      throw found("a method and one space");
    }
    at++;
    return methodName(start, length);
  }

  /** Spares the two that are the most a copy. */
  private String methodName(int start, int length) {
    if (length == 4
        && bytes[start] == 'P'
        && bytes[start + 1] == 'O'
        && bytes[start + 2] == 'S'
        && bytes[start + 3] == 'T') {
      return "POST";
    }
    if (length == 3 && bytes[start] == 'G' && bytes[start + 1] == 'E' && bytes[start + 2] == 'T') {
      return "GET";
    }
    return new String(bytes, start, length, StandardCharsets.ISO_8859_1);
  }

  private @Nullable String target() throws RequestFault {
    int start = at;
    while (at < to && IN_TARGET[bytes[at] & 0xff]) {
      at++;
    }
    if (at - start > limits.maxUriBytes()) {
      throw RequestFault.over(
          RequestFault.Reason.URI, "too many bytes in the target", limits.maxUriBytes());
    }
    if (at == to) {
      return null;
    }
    if (at == start || bytes[at] != ' ') {
      throw found("a target without control characters and fragment, and one space");
    }
    return new String(bytes, start, at++ - start, StandardCharsets.ISO_8859_1);
  }

  /**
   * Reads the version and the end of the line.
   *
   * @return the minor version of HTTP/1, or -1 when it is not all there
   */
  private int version() throws RequestFault {
    for (byte expected : VERSION) {
      if (at == to) {
        return -1;
      }
      if (bytes[at] != expected) {
        throw found("HTTP/1.1 at the end of the request line");
      }
      at++;
    }
    if (to - at < 5) {
      return -1;
    }
    boolean spelled =
        isDigit(bytes[at])
            && bytes[at + 1] == '.'
            && isDigit(bytes[at + 2])
            && bytes[at + 3] == '\r'
            && bytes[at + 4] == '\n';
    if (!spelled) {
      throw RequestFault.malformed("a malformed version (expected HTTP/1.1, CR, LF)");
    }
    if (bytes[at] != '1') {
      throw new RequestFault(
          RequestFault.Reason.VERSION, "HTTP/" + (bytes[at] - '0') + " (expected HTTP/1.1)");
    }
    int minor = bytes[at + 2] - '0';
    at += 5;
    return minor;
  }

  // Fields

  /**
   * Reads fields, and the empty line after them.
   *
   * @return false when they are not all there
   */
  private boolean fields(Fields into) throws RequestFault {
    int begin = at;
    int max = limits.maxHeaderBytes();
    while (at < to) {
      if (bytes[at] == '\r') {
        return emptyLine();
      }
      if (into.size() == limits.maxHeaderCount()) {
        throw RequestFault.over(
            RequestFault.Reason.HEADER_COUNT, "too many header fields", limits.maxHeaderCount());
      }
      boolean whole = field(into);
      if (at - begin > max) {
        throw RequestFault.over(
            RequestFault.Reason.HEADER, "too many bytes in the header fields", max);
      }
      if (!whole) {
        return false;
      }
    }
    return false;
  }

  private boolean emptyLine() throws RequestFault {
    if (to - at < 2) {
      return false;
    }
    at++;
    if (bytes[at] != '\n') {
      throw found("LF after CR");
    }
    at++;
    return true;
  }

  /**
   * Reads a line.
   *
   * @return false when it is not all there
   */
  private boolean field(Fields into) throws RequestFault {
    int name = at;
    while (at < to && HeadParser.isToken(bytes[at])) {
      at++;
    }
    if (at == to) {
      return false;
    }
    int nameEnd = at;
    if (nameEnd == name || bytes[at] != ':') {
      throw found("NAME: VALUE in each line, without space before the colon");
    }
    at++;
    while (at < to && isSpace(bytes[at])) {
      at++;
    }
    int value = at;
    while (at < to && IN_VALUE[bytes[at] & 0xff]) {
      at++;
    }
    int valueEnd = at;
    if (to - at < 2) {
      boolean ends = at == to || bytes[at] == '\r';
      if (!ends) {
        throw found("no control characters in a field's value");
      }
      at = to;
      return false;
    }
    if (bytes[at] != '\r' || bytes[at + 1] != '\n') {
      throw found("no control characters in a field's value, and CR LF after it");
    }
    at += 2;
    while (valueEnd > value && isSpace(bytes[valueEnd - 1])) {
      valueEnd--;
    }
    names.add(into, bytes, name, nameEnd, value, valueEnd);
    return true;
  }

  private RequestFault found(String expected) {
    return RequestFault.malformed(
        "byte 0x%02x (expected %s)".formatted(bytes[at] & 0xff, expected));
  }

  private static boolean isSpace(byte octet) {
    return octet == ' ' || octet == '\t';
  }

  private static boolean isDigit(byte octet) {
    return octet >= '0' && octet <= '9';
  }
}
