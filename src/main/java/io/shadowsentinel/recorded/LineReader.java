package io.shadowsentinel.recorded;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads lines as bytes, one at a time, whatever the file's size. A line over the bound is passed
 * over in full, and told as one that is too long. One thread.
 */
public final class LineReader implements AutoCloseable {
  private final InputStream in;
  private final int maxBytes;
  private long line;
  private long bytes;
  private boolean tooLong;

  public LineReader(InputStream in, int maxBytes) {
    this.in = new BufferedInputStream(in, 1 << 16);
    this.maxBytes = maxBytes;
  }

  /** The next line without its end; null at the file's. Empty when it {@link #isTooLong}. */
  public byte @Nullable [] next() throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    tooLong = false;
    int read = in.read();
    if (read < 0) {
      return null;
    }
    line++;
    for (; read >= 0 && read != '\n'; read = in.read()) {
      bytes++;
      if (tooLong || text.size() == maxBytes) {
        tooLong = true;
        text.reset();
      } else {
        text.write(read);
      }
    }
    bytes++;
    return tooLong ? new byte[0] : text.toByteArray();
  }

  /** True when the last line was over the bound. */
  public boolean isTooLong() {
    return tooLong;
  }

  /** The number of the last line, from 1. */
  public long line() {
    return line;
  }

  /** How many bytes were read, line ends included. */
  public long bytes() {
    return bytes;
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
