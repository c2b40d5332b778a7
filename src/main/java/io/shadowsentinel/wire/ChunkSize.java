package io.shadowsentinel.wire;

import io.netty.buffer.ByteBuf;

/**
 * Reads the line before a chunk: its size in hexadecimal digits, extensions that nobody needs, CR
 * LF. RFC 9112, section 7.1. A line feed alone does not end it: what takes it for an end and what
 * does not read two different bodies. Bound to one event loop.
 */
final class ChunkSize {
  private static final int MAX_LINE_BYTES = 4_096;

  /** Of 64 bits, leaving out the sign; more are no size that will ever come to its end. */
  private static final int MAX_DIGITS = 15;

  private enum Phase {
    DIGITS,
    /** Space is allowed before an extension, and nothing else is. */
    SIZE_END,
    SPACE,
    EXTENSION,
    LINE_FEED
  }

  private Phase phase = Phase.DIGITS;
  private long bytes;
  private int digits;
  private int length;

  void begin() {
    phase = Phase.DIGITS;
    bytes = 0;
    digits = 0;
    length = 0;
  }

  /** The size, once {@link #read} said that the line is whole. */
  long bytes() {
    return bytes;
  }

  /**
   * Takes bytes up to the end of the line.
   *
   * @return true when it is whole
   * @throws UpstreamFault for a line that gives no size
   */
  boolean read(ByteBuf in) throws UpstreamFault {
    while (in.isReadable()) {
      byte next = in.readByte();
      if (++length > MAX_LINE_BYTES) {
        throw UpstreamFault.unreadable("a chunk's line of more than " + MAX_LINE_BYTES + " bytes");
      }
      switch (phase) {
        case DIGITS -> digit(next);
        case SIZE_END, SPACE, EXTENSION -> extension(next);
        case LINE_FEED -> {
          if (next != '\n') {
            throw bad(next, "LF after CR");
          }
          return true;
        }
      }
    }
    return false;
  }

  private void digit(byte next) throws UpstreamFault {
    int value = Character.digit(next & 0xff, 16);
    if (value >= 0) {
      if (++digits > MAX_DIGITS) {
        throw UpstreamFault.unreadable("a chunk's size of more than " + MAX_DIGITS + " digits");
      }
      bytes = bytes << 4 | value;
    } else if (digits == 0) {
      throw bad(next, "a hexadecimal digit");
    } else {
      phase = Phase.SIZE_END;
      extension(next);
    }
  }

  private void extension(byte next) throws UpstreamFault {
    if (next == '\r' && phase != Phase.SPACE) {
      phase = Phase.LINE_FEED;
    } else if (next == ';') {
      phase = Phase.EXTENSION;
    } else if (phase != Phase.EXTENSION) {
      if (next != ' ' && next != '\t') {
        throw bad(next, "; or CR after a chunk's size");
      }
      phase = Phase.SPACE;
    } else if (HeadParser.isControl(next)) {
      throw bad(next, "CR at the end of a chunk's line");
    }
  }

  private static UpstreamFault bad(byte found, String expected) {
    return UpstreamFault.unreadable("byte 0x%02x (expected %s)".formatted(found & 0xff, expected));
  }
}
