package io.shadowsentinel.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;

/**
 * A connection of a generator: one request under way at a time, the same each time, and those that
 * are due and wait for it. As much of HTTP/1.1 as answers with a length need. One thread.
 */
final class Connection {
  private static final int MAX_ANSWER = 64 << 10;

  private final InetSocketAddress address;
  private final ByteBuffer request;
  private final Selector selector;
  private final ByteBuffer in = ByteBuffer.allocateDirect(MAX_ANSWER);
  private final byte[] bytes = new byte[MAX_ANSWER];
  private final ArrayDeque<Long> waiting = new ArrayDeque<>();
  private SocketChannel channel;
  private long due;
  private boolean free = true;

  Connection(int port, byte[] request, Selector selector) throws IOException {
    this.address = new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    this.request = ByteBuffer.allocateDirect(request.length).put(request);
    this.selector = selector;
    this.channel = connect();
  }

  private SocketChannel connect() throws IOException {
    SocketChannel connected = SocketChannel.open(address);
    connected.setOption(StandardSocketOptions.TCP_NODELAY, true);
    connected.configureBlocking(false);
    connected.register(selector, SelectionKey.OP_READ, this);
    return connected;
  }

  boolean isFree() {
    return free;
  }

  /** When the request that is under way, or was last, was due. */
  long due() {
    return due;
  }

  /** Another request is due while one is under way. */
  void queue(long itsDue) {
    waiting.add(itsDue);
  }

  boolean isAwaited() {
    return !waiting.isEmpty();
  }

  long takeDue() {
    return waiting.remove();
  }

  void send(long itsDue) throws IOException {
    due = itsDue;
    free = false;
    in.clear();
    request.flip();
    channel.write(request);
    if (request.hasRemaining()) {
      throw new IOException("no room for a small request on a connection that waits for one");
    }
  }

  /**
   * Reads what there is.
   *
   * @return the status of the answer that is complete by that, or 0 when it is not
   * @throws IOException also when the connection was closed
   */
  int read() throws IOException {
    if (channel.read(in) < 0) {
      throw new EOFException("the proxy closed the connection");
    }
    int length = in.position();
    in.get(0, bytes, 0, length);
    int head = headLength(length);
    if (head < 0) {
      return 0;
    }
    if (length < head + contentLength(head)) {
      return 0;
    }
    free = true;
    return (bytes[9] - '0') * 100 + (bytes[10] - '0') * 10 + bytes[11] - '0';
  }

  /** With the empty line that ends it; -1 while that has not come. */
  private int headLength(int length) {
    for (int i = 3; i < length; i++) {
      if (bytes[i] == '\n' && bytes[i - 1] == '\r' && bytes[i - 2] == '\n') {
        return i + 1;
      }
    }
    return -1;
  }

  private int contentLength(int head) throws IOException {
    for (int i = 0; i < head; i++) {
      if (bytes[i] == '\n' && isContentLength(i + 1, head)) {
        int end = i;
        do {
          end++;
        } while (bytes[end] != '\r');
        int value = i + 1 + "content-length:".length();
        return Integer.parseInt(
            new String(bytes, value, end - value, StandardCharsets.US_ASCII).trim());
      }
    }
    throw new IOException("an answer without Content-Length");
  }

  private boolean isContentLength(int at, int end) {
    String name = "content-length:";
    if (end - at < name.length()) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if ((bytes[at + i] | 0x20) != (name.charAt(i) | 0x20)) {
        return false;
      }
    }
    return true;
  }

  /** A new connection in the place of one that broke; what waits for it goes on waiting. */
  void reconnect() throws IOException {
    close();
    channel = connect();
    free = true;
  }

  void close() throws IOException {
    channel.close();
  }
}
