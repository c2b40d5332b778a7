package io.shadowsentinel.wire;

import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Remembers the names and values of fields that one event loop has seen, since an upstream says
 * nearly the same in each answer: what is known is neither copied nor hashed again. It holds
 * {@value #SLOTS} names of up to {@value #MAX_LENGTH} bytes; another name takes an older one's
 * place. Bound to one event loop.
 */
final class FieldNames {
  private static final int SLOTS = 256;
  private static final int MAX_LENGTH = 64;

  private static final class Known {
    final AsciiString name;
    final byte[] bytes;
    byte[] valueBytes = {};
    String value = "";

    Known(byte[] bytes) {
      this.bytes = bytes;
      this.name = new AsciiString(bytes, false);
    }
  }

  private final @Nullable Known[] slots = new Known[SLOTS];

  /** Adds a field, of which name and value lie in these bytes. */
  void add(Fields to, byte[] bytes, int name, int nameEnd, int value, int valueEnd) {
    if (nameEnd - name > MAX_LENGTH) {
      to.add(text(bytes, name, nameEnd), text(bytes, value, valueEnd));
      return;
    }
    Known known = name(bytes, name, nameEnd);
    if (!Arrays.equals(known.valueBytes, 0, known.valueBytes.length, bytes, value, valueEnd)) {
      if (valueEnd - value > MAX_LENGTH) {
        to.add(known.name, text(bytes, value, valueEnd));
        return;
      }
      known.valueBytes = Arrays.copyOfRange(bytes, value, valueEnd);
      known.value = text(bytes, value, valueEnd);
    }
    to.add(known.name, known.value);
  }

  private Known name(byte[] bytes, int from, int to) {
    int hash = 0;
    for (int i = from; i < to; i++) {
      hash = 31 * hash + bytes[i];
    }
    int slot = (hash ^ (hash >>> 16)) & (SLOTS - 1);
    Known known = slots[slot];
    if (known == null || !Arrays.equals(known.bytes, 0, known.bytes.length, bytes, from, to)) {
      known = new Known(Arrays.copyOfRange(bytes, from, to));
      slots[slot] = known;
    }
    return known;
  }

  private static String text(byte[] bytes, int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }
}
