package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http2.DefaultHttp2HeadersDecoder;
import io.netty.handler.codec.http2.Http2Exception;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * One HTTP/2 connection, with prior knowledge, to a server on the loopback interface. Frames go out
 * as they are given, right or wrong, and field names and values byte for byte; what comes back is
 * told, never thrown. One thread.
 */
public final class RawHttp2Client implements AutoCloseable {
  public static final int DATA = 0;
  public static final int HEADERS = 1;
  public static final int PRIORITY = 2;
  public static final int RST_STREAM = 3;
  public static final int SETTINGS = 4;
  public static final int PING = 6;
  public static final int GOAWAY = 7;
  public static final int WINDOW_UPDATE = 8;
  public static final int CONTINUATION = 9;

  public static final int END_STREAM = 1;
  public static final int ACK = 1;
  public static final int END_HEADERS = 4;

  private static final int PRIORITY_GIVEN = 0x20;
  private static final String PREFACE = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

  /** How a stream, and the connection with it, ended. */
  public enum End {
    /** The answer is complete. */
    COMPLETE,
    /** The server reset the stream. */
    RESET,
    /** The server said GOAWAY for a fault, or closed. */
    CLOSED,
    /** Nothing came for as long as the client waits. */
    TIMED_OUT
  }

  /**
   * What came of a stream.
   *
   * @param status 0 when no head came
   * @param code of RST_STREAM or GOAWAY; -1 where there was none
   */
  public record Outcome(int status, Map<String, String> headers, byte[] body, End end, long code) {
    public String bodyText() {
      return new String(body, ISO_8859_1);
    }
  }

  private record Frame(int type, int flags, int stream, byte[] payload) {}

  /** What came of a stream so far. */
  private static final class Partial {
    final Map<String, String> headers = new HashMap<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();

    Outcome ended(End end, long code) {
      String status = headers.getOrDefault(":status", "0");
      return new Outcome(Integer.parseInt(status), headers, body.toByteArray(), end, code);
    }
  }

  private final Socket socket = new Socket();
  private final DataInputStream in;
  private final DefaultHttp2HeadersDecoder hpack = new DefaultHttp2HeadersDecoder(false, 1 << 20);
  private final Map<Integer, Partial> streams = new HashMap<>();
  private final Map<Integer, Outcome> outcomes = new HashMap<>();

  private RawHttp2Client(int port) {
    try {
      socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
      socket.setTcpNoDelay(true);
      in = new DataInputStream(new BufferedInputStream(socket.getInputStream()));
      timeout(Duration.ofSeconds(10));
    } catch (IOException noServer) {
      throw new UncheckedIOException(noServer);
    }
  }

  /** Connects, and sends the preface and empty settings. */
  public static RawHttp2Client connect(int port) {
    RawHttp2Client client = new RawHttp2Client(port);
    client.send(PREFACE.getBytes(US_ASCII));
    return client.frame(SETTINGS, 0, 0);
  }

  /** The longest silence that {@link #outcome} bears; 10 s at first. */
  public RawHttp2Client timeout(Duration silence) {
    try {
      socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
      return this;
    } catch (IOException closed) {
      throw new UncheckedIOException(closed);
    }
  }

  /**
   * Sends bytes as they are.
   *
   * @return false when the server has closed
   */
  public boolean send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return true;
    } catch (IOException gone) {
      return false;
    }
  }

  /** The bytes of a frame. */
  public static byte[] frameOf(int type, int flags, int stream, byte... payload) {
    ByteBuffer frame = ByteBuffer.allocate(9 + payload.length);
    frame.putInt(payload.length << 8 | type).put((byte) flags).putInt(stream).put(payload);
    return frame.array();
  }

  /** Sends a frame; of a connection that is closed, nothing. */
  public RawHttp2Client frame(int type, int flags, int stream, byte... payload) {
    send(frameOf(type, flags, stream, payload));
    return this;
  }

  /** Fields, names and values in turn, as literals that nobody is to remember. */
  public static byte[] block(String... namesAndValues) {
    ByteArrayOutputStream block = new ByteArrayOutputStream();
    for (int i = 0; i < namesAndValues.length; i++) {
      if (i % 2 == 0) {
        block.write(0x10);
      }
      byte[] text = namesAndValues[i].getBytes(ISO_8859_1);
      writeLength(block, text.length);
      block.writeBytes(text);
    }
    return block.toByteArray();
  }

  /** An integer with a prefix of seven bits: RFC 7541, section 5.1. */
  private static void writeLength(ByteArrayOutputStream block, int length) {
    if (length < 127) {
      block.write(length);
      return;
    }
    block.write(127);
    int rest = length - 127;
    while (rest >= 128) {
      block.write(rest % 128 + 128);
      rest /= 128;
    }
    block.write(rest);
  }

  /** The fields of a request that is in order, with more behind them. */
  public static String[] request(String method, String path, String... more) {
    String[] all = new String[8 + more.length];
    String[] first = {":method", method, ":scheme", "http", ":path", path, ":authority", "test"};
    System.arraycopy(first, 0, all, 0, first.length);
    System.arraycopy(more, 0, all, first.length, more.length);
    return all;
  }

  /** Sends a head in one frame. */
  public RawHttp2Client headers(int stream, boolean last, String... namesAndValues) {
    int flags = END_HEADERS | (last ? END_STREAM : 0);
    return frame(HEADERS, flags, stream, block(namesAndValues));
  }

  public RawHttp2Client data(int stream, boolean last, String text) {
    return frame(DATA, last ? END_STREAM : 0, stream, text.getBytes(ISO_8859_1));
  }

  public RawHttp2Client reset(int stream) {
    return frame(RST_STREAM, 0, stream, (byte) 0, (byte) 0, (byte) 0, (byte) 8);
  }

  /** A frame's payload of one number of four bytes. */
  public static byte[] number(int value) {
    return ByteBuffer.allocate(4).putInt(value).array();
  }

  /** Reads until a stream has ended, in whatever way. */
  public Outcome outcome(int stream) {
    try {
      while (!outcomes.containsKey(stream)) {
        take(read());
      }
      return outcomes.get(stream);
    } catch (SocketTimeoutException silence) {
      return partial(stream).ended(End.TIMED_OUT, -1);
    } catch (IOException | Http2Exception closed) {
      return partial(stream).ended(End.CLOSED, -1);
    }
  }

  /** Reads until so many bytes of a stream's body are there, or it has ended. */
  public RawHttp2Client awaitBody(int stream, int bytes) {
    try {
      while (!outcomes.containsKey(stream) && partial(stream).body.size() < bytes) {
        take(read());
      }
      return this;
    } catch (IOException | Http2Exception closed) {
      throw new AssertionError("no " + bytes + " bytes on stream " + stream, closed);
    }
  }

  /**
   * Reads until the server has closed the connection.
   *
   * @return the code of its last GOAWAY; -1 without one, -2 when it does not close
   */
  public long awaitClose() {
    long code = -1;
    try {
      while (true) {
        Frame frame = read();
        if (frame.type() == GOAWAY) {
          code = ByteBuffer.wrap(frame.payload()).getInt(4);
        }
      }
    } catch (SocketTimeoutException silence) {
      return -2;
    } catch (IOException closed) {
      return code;
    }
  }

  private Partial partial(int stream) {
    return streams.computeIfAbsent(stream, unused -> new Partial());
  }

  private Frame read() throws IOException {
    int lengthAndType = in.readInt();
    int flags = in.readUnsignedByte();
    int stream = in.readInt();
    byte[] payload = new byte[lengthAndType >>> 8];
    in.readFully(payload);
    return new Frame(lengthAndType & 0xff, flags, stream, payload);
  }

  private void take(Frame frame) throws IOException, Http2Exception {
    Partial partial = partial(frame.stream());
    switch (frame.type()) {
      case HEADERS -> {
        hpack
            .decodeHeaders(frame.stream(), Unpooled.wrappedBuffer(block(frame)))
            .forEach(f -> partial.headers.put(f.getKey().toString(), f.getValue().toString()));
        endIfLast(frame, partial);
      }
      case DATA -> {
        partial.body.writeBytes(frame.payload());
        endIfLast(frame, partial);
      }
      case RST_STREAM -> {
        long code = ByteBuffer.wrap(frame.payload()).getInt();
        outcomes.putIfAbsent(frame.stream(), partial.ended(End.RESET, code));
      }
      case GOAWAY -> {
        int code = ByteBuffer.wrap(frame.payload()).getInt(4);
        if (code != 0) {
          streams.forEach((id, open) -> outcomes.putIfAbsent(id, open.ended(End.CLOSED, code)));
        }
      }
      case SETTINGS -> {
        if (frame.flags() == 0) {
          frame(SETTINGS, ACK, 0);
        }
      }
      default -> {}
    }
  }

  /** Without the priority that may stand before it. */
  private static byte[] block(Frame head) {
    byte[] all = head.payload();
    return (head.flags() & PRIORITY_GIVEN) == 0 ? all : Arrays.copyOfRange(all, 5, all.length);
  }

  private void endIfLast(Frame frame, Partial partial) {
    boolean interim = partial.headers.getOrDefault(":status", "").startsWith("1");
    if ((frame.flags() & END_STREAM) != 0 && !interim) {
      outcomes.putIfAbsent(frame.stream(), partial.ended(End.COMPLETE, -1));
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException gone) {
      throw new UncheckedIOException(gone);
    }
  }
}
