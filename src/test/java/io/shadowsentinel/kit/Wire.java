package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** One connection to a {@link FakeUpstream}, for a {@link Behaviour} to misuse. One thread. */
public final class Wire {
  private final Socket socket;
  private final InputStream in;
  private final OutputStream out;
  private final CountDownLatch upstreamClosed;

  Wire(Socket socket, InputStream in, CountDownLatch upstreamClosed) throws IOException {
    this.socket = socket;
    this.in = new BufferedInputStream(in);
    this.out = socket.getOutputStream();
    this.upstreamClosed = upstreamClosed;
  }

  /** What the peer sends, after the request that was read. */
  public InputStream in() {
    return in;
  }

  /** Sends at once, as it is. */
  public void write(byte[] bytes) throws IOException {
    out.write(bytes);
  }

  /** Sends text as Latin-1. */
  public void write(String text) throws IOException {
    write(text.getBytes(ISO_8859_1));
  }

  /**
   * Waits.
   *
   * @throws IOException when the upstream is closed meanwhile
   */
  public void pause(Duration time) throws IOException {
    try {
      if (upstreamClosed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
        throw new SocketException("the upstream was closed");
      }
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new SocketException("interrupted");
    }
  }

  /** Waits until the peer closes, and drops what it sends until then. */
  public void awaitPeerClose() throws IOException {
    byte[] ignored = new byte[8192];
    int n;
    do {
      n = in.read(ignored);
    } while (n >= 0);
  }

  /** Waits for the peer's next byte; true when it ends the connection instead, in any way. */
  boolean isDone() {
    try {
      in.mark(1);
      int next = in.read();
      in.reset();
      return next < 0;
    } catch (IOException reset) {
      return true;
    }
  }

  /** Ends the connection with a TCP reset. */
  public void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  /** Ends the connection in order. */
  public void close() throws IOException {
    socket.close();
  }

  /** True once {@link #reset} or {@link #close} was called. */
  public boolean isClosed() {
    return socket.isClosed();
  }
}
