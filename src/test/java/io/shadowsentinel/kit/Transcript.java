package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** A stream that keeps the first of what is read through it. One reader, any thread may look. */
final class Transcript extends FilterInputStream {
  static final int MAX_KEPT = 1 << 20;

  private final ByteArrayOutputStream kept = new ByteArrayOutputStream();

  Transcript(InputStream in) {
    super(in);
  }

  String text() {
    return kept.toString(ISO_8859_1);
  }

  @Override
  public int read() throws IOException {
    int octet = super.read();
    if (octet >= 0) {
      keep(new byte[] {(byte) octet}, 0, 1);
    }
    return octet;
  }

  @Override
  public int read(byte[] buffer, int offset, int length) throws IOException {
    int n = super.read(buffer, offset, length);
    if (n > 0) {
      keep(buffer, offset, n);
    }
    return n;
  }

  private void keep(byte[] buffer, int offset, int length) {
    int room = MAX_KEPT - kept.size();
    kept.write(buffer, offset, Math.min(room, length));
  }
}
