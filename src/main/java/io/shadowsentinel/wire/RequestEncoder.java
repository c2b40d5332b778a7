package io.shadowsentinel.wire;

import io.netty.buffer.ByteBuf;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes the head of an HTTP/1.1 request. What could end a line or a name before its time is
 * refused here, in the last place before the wire, wherever it came from. It has room to work in,
 * so one serves an event loop, and no more than one.
 */
public final class RequestEncoder {
  private static final byte[] VERSION = " HTTP/1.1\r\n".getBytes(StandardCharsets.US_ASCII);

  private static final byte NAME = 1;
  private static final byte VALUE = 2;
  private static final byte TARGET = 4;

  /** For each octet, what it may not stand in. */
  private static final byte[] REFUSED_IN = new byte[256];

  static {
    for (int octet = 0; octet < 256; octet++) {
      int refused = HeadParser.isToken(octet) ? 0 : NAME;
      refused |= HeadParser.isControl((byte) octet) ? VALUE : 0;
      refused |= octet <= ' ' || octet == 0x7f ? TARGET : 0;
      REFUSED_IN[octet] = (byte) refused;
    }
  }

  private byte[] bytes = new byte[4_096];
  private int length;

  /**
   * Encodes a head but for the empty line that ends it; {@link #length} and {@link #writeTo} are
   * for this one then.
   *
   * @throws UpstreamFault when part of it cannot be sent
   */
  public void encode(String method, String target, Fields fields) throws UpstreamFault {
    length = 0;
    put(method, NAME, "method");
    put((byte) ' ');
    put(target, TARGET, "target");
    put(VERSION);
    put(fields);
  }

  /**
   * Encodes trailers, but for the empty line that ends them.
   *
   * @throws UpstreamFault when part of them cannot be sent
   */
  public void encode(Fields trailers) throws UpstreamFault {
    length = 0;
    put(trailers);
  }

  private void put(Fields fields) throws UpstreamFault {
    for (int i = 0; i < fields.size(); i++) {
      CharSequence name = fields.name(i);
      if (name.length() == 0) {
        throw new UpstreamFault("a header field without a name");
      }
      put(name, NAME, "name of a header field");
      put((byte) ':');
      put((byte) ' ');
      put(fields.value(i), VALUE, name);
      put((byte) '\r');
      put((byte) '\n');
    }
  }

  public int length() {
    return length;
  }

  public void writeTo(ByteBuf out) {
    out.writeBytes(bytes, 0, length);
  }

  private void put(byte octet) {
    room(1);
    bytes[length++] = octet;
  }

  private void put(byte[] octets) {
    room(octets.length);
    System.arraycopy(octets, 0, bytes, length, octets.length);
    length += octets.length;
  }

  private void put(CharSequence text, byte where, CharSequence what) throws UpstreamFault {
    int count = text.length();
    room(count);
    boolean wide = false;
    if (text instanceof AsciiString ascii) {
      System.arraycopy(ascii.array(), ascii.arrayOffset(), bytes, length, count);
    } else {
      for (int i = 0; i < count; i++) {
        char c = text.charAt(i);
        wide |= c > 0xff;
        bytes[length + i] = (byte) c;
      }
    }
    int refused = 0;
    for (int i = length; i < length + count; i++) {
      refused |= REFUSED_IN[bytes[i] & 0xff];
    }
    if (wide || (refused & where) != 0) {
      throw new UpstreamFault("a character that HTTP/1.1 does not allow in: " + what);
    }
    length += count;
  }

  private void room(int more) {
    if (length + more > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
    }
  }
}
