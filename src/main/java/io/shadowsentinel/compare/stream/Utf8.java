package io.shadowsentinel.compare.stream;

import java.nio.charset.StandardCharsets;

/** UTF-8 as the WHATWG's Encoding Standard decodes it: what is malformed becomes U+FFFD. */
final class Utf8 {
  private static final char REPLACEMENT = '\uFFFD';

  private Utf8() {}

  static String decode(byte[] bytes, int from, int to) {
    String text = new String(bytes, from, to - from, StandardCharsets.UTF_8);
    // Java makes one of an encoded surrogate, and the standard three.
    return text.indexOf(REPLACEMENT) < 0 ? text : decodeMalformed(bytes, from, to);
  }

  private static String decodeMalformed(byte[] bytes, int from, int to) {
    StringBuilder text = new StringBuilder(to - from);
    int at = from;
    while (at < to) {
      int first = bytes[at++] & 0xff;
      int more = first < 0x80 ? 0 : first < 0xc2 ? -1 : first < 0xe0 ? 1 : first < 0xf0 ? 2 : 3;
      if (more < 0 || first > 0xf4) {
        text.append(REPLACEMENT);
        continue;
      }
      int code = more == 0 ? first : first & (0x3f >> more);
      int low = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
      int high = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
      while (more > 0 && at < to && (bytes[at] & 0xff) >= low && (bytes[at] & 0xff) <= high) {
        code = (code << 6) | (bytes[at++] & 0x3f);
        low = 0x80;
        high = 0xbf;
        more--;
      }
      if (more == 0) {
        text.appendCodePoint(code);
      } else {
        text.append(REPLACEMENT);
      }
    }
    return text.toString();
  }
}
