package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import io.netty.handler.codec.http2.Http2Headers;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;

/**
 * A server on the loopback interface that says what a test gives it, byte for byte, be it HTTP/1.1,
 * HTTP/2 or neither, in clear text or by TLS. Each connection has a thread.
 */
public final class RawServer implements AutoCloseable {
  private static final int PRIORITY_GIVEN = 0x20;

  /** What is done with a connection; it is closed after that. */
  public interface Talk {
    void with(Connection connection) throws IOException, Http2Exception;
  }

  /** A connection, as its server sees it. */
  public static final class Connection {
    private final Socket transport;
    private final Socket socket;
    private final DataInputStream in;
    private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false, 1 << 20);

    /** Counted from 1, as they were made. */
    public final int number;

    private Connection(Socket transport, Socket socket, int number) throws IOException {
      this.transport = transport;
      this.socket = socket;
      this.number = number;
      this.in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
    }

    /** How many bytes come until the other side closes, read after a while and with pauses. */
    public long readSlowly() throws IOException {
      byte[] buffer = new byte[1 << 16];
      long read = 0;
      try {
        Thread.sleep(500);
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
          read += n;
          if (read % 64 == 0) {
            Thread.sleep(1);
          }
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
      return read;
    }

    public void write(byte[] bytes) throws IOException {
      OutputStream out = socket.getOutputStream();
      out.write(bytes);
      out.flush();
    }

    public void write(String text) throws IOException {
      write(text.getBytes(ISO_8859_1));
    }

    /** A head of HTTP/1.1, without a body behind it; empty at the end. */
    public String readHead() throws IOException {
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int next = in.read();
        if (next < 0) {
          return "";
        }
        head.append((char) next);
      }
      return head.toString();
    }

    /** Takes the client's preface, and sends settings. */
    public void beginHttp2(byte... settings) throws IOException {
      in.readFully(new byte["PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".length()]);
      write(RawHttp2Client.frameOf(RawHttp2Client.SETTINGS, 0, 0, settings));
    }

    /** The next frame, once settings are acknowledged. */
    public Frame readFrame() throws IOException {
      while (true) {
        int lengthAndType = in.readInt();
        int flags = in.readUnsignedByte();
        int stream = in.readInt();
        byte[] payload = new byte[lengthAndType >>> 8];
        in.readFully(payload);
        Frame frame = new Frame(lengthAndType & 0xff, flags, stream, payload);
        if (frame.type() == RawHttp2Client.SETTINGS && flags == 0) {
          write(RawHttp2Client.frameOf(RawHttp2Client.SETTINGS, RawHttp2Client.ACK, 0));
        } else {
          return frame;
        }
      }
    }

    /** The next frame of a type; others are passed by. */
    public Frame readFrame(int type) throws IOException {
      Frame frame = readFrame();
      while (frame.type() != type) {
        frame = readFrame();
      }
      return frame;
    }

    /** The fields of a head in one frame. */
    public Http2Headers fields(Frame head) throws Http2Exception {
      // Without the priority that may stand before it.
      int from = (head.flags() & PRIORITY_GIVEN) == 0 ? 0 : 5;
      int length = head.payload().length - from;
      return hpack.decodeHeaders(
          head.stream(), Unpooled.wrappedBuffer(head.payload(), from, length));
    }

    /** Ends the transport without a word, TLS's included. */
    public void cut() throws IOException {
      transport.close();
    }
  }

  /** A frame of HTTP/2. */
  public record Frame(int type, int flags, int stream, byte[] payload) {
    public boolean isLast() {
      return (flags & RawHttp2Client.END_STREAM) != 0;
    }
  }

  private final ServerSocket listening;
  private final @Nullable SSLContext tls;
  private final IntFunction<String> protocol;
  private final Talk talk;
  private final List<Socket> open = new CopyOnWriteArrayList<>();

  /**
   * A server that listens.
   *
   * @param tls null for clear text
   * @param protocol what it chooses by ALPN, for each connection by its number
   */
  public RawServer(@Nullable SSLContext tls, IntFunction<String> protocol, Talk talk) {
    this.tls = tls;
    this.protocol = protocol;
    this.talk = talk;
    try {
      listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException noPort) {
      throw new UncheckedIOException(noPort);
    }
    daemon(this::accept);
  }

  public int port() {
    return listening.getLocalPort();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "raw-server");
    thread.setDaemon(true);
    thread.start();
  }

  private void accept() {
    try {
      for (int number = 1; ; number++) {
        Socket accepted = listening.accept();
        int which = number;
        open.add(accepted);
        daemon(() -> serve(accepted, which));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(Socket accepted, int number) {
    try (Socket transport = accepted;
        Socket socket = tls == null ? accepted : secure(accepted, number)) {
      transport.setTcpNoDelay(true);
      talk.with(new Connection(transport, socket, number));
    } catch (IOException | Http2Exception gone) {
      // The client has closed, or what it sent is not what this test is about.
    }
  }

  private SSLSocket secure(Socket accepted, int number) throws IOException {
    InputStream none = null;
    SSLSocket socket = (SSLSocket) tls.getSocketFactory().createSocket(accepted, none, false);
    socket.setUseClientMode(false);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setApplicationProtocols(new String[] {protocol.apply(number)});
    socket.setSSLParameters(parameters);
    return socket;
  }

  @Override
  public void close() {
    try {
      listening.close();
      for (Socket each : open) {
        each.close();
      }
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
