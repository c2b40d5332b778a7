package io.shadowsentinel.wire;

import io.netty.buffer.ByteBuf;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Reads the requests of one user's HTTP/1 connection from bytes as they come. It stops after each,
 * so that its owner says when the next is to begin. After a fault nothing more is to be read: where
 * the next request begins is anybody's guess. Bound to one event loop.
 */
public final class RequestParser {
  /** Empty lines before a request that are passed over: RFC 9112, section 2.2, asks for one. */
  private static final int MAX_EMPTY_LINES = 4;

  /** What is looked at first: a head seldom has more, and a body may be behind it. */
  private static final int FIRST_BYTES = 4_096;

  private static final byte[] NOTHING = {};

  /** What comes of it, in this order. */
  public interface Sink {
    void head(RequestHead head);

    /** A part of the body, a copy. */
    void chunk(byte[] bytes);

    /** Trailers, at least one. */
    void trailers(Fields trailers);

    void end();
  }

  private enum State {
    HEAD,
    FIXED,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS
  }

  private final Sink sink;
  private final RequestHeadParser heads;
  private final ChunkSize chunkSize = new ChunkSize();

  private State state = State.HEAD;
  private int emptyLines;
  private long remaining;
  private long received;
  private boolean sawReturn;

  /** The beginning of a head, or of trailers, that are not all there. */
  private byte[] held = NOTHING;

  private int heldLength;

  /**
   * A parser that waits for a first request.
   *
   * @param heads may be shared by all parsers of an event loop
   */
  public RequestParser(Sink sink, RequestHeadParser heads) {
    this.sink = sink;
    this.heads = heads;
  }

  /** True when nothing of a next request was read. */
  public boolean isBetweenRequests() {
    return state == State.HEAD && heldLength == 0;
  }

  /** True when the head that is being read, if any, is not complete. */
  public boolean isInHead() {
    return state == State.HEAD;
  }

  /**
   * Takes bytes, up to the end of a request; what is left is not part of it.
   *
   * @return true when that end was reached
   * @throws RequestFault for what is no request
   */
  public boolean read(ByteBuf in) throws RequestFault {
    boolean ended = false;
    while (!ended && in.isReadable()) {
      ended =
          switch (state) {
            case HEAD -> head(in);
            case FIXED -> fixed(in);
            case CHUNK_SIZE -> chunkSize(in);
            case CHUNK_DATA -> chunkData(in);
            case CHUNK_END -> chunkEnd(in);
            case TRAILERS -> trailers(in);
          };
    }
    if (ended) {
      state = State.HEAD;
      emptyLines = 0;
      sink.end();
    }
    return ended;
  }

  // The head

  private boolean head(ByteBuf in) throws RequestFault {
    RequestHead head;
    if (heldLength > 0) {
      boolean worthALook = hold(in);
      dropEmptyLines();
      head = worthALook && heldLength > 0 ? parse(held, heldLength) : null;
      if (head == null) {
        return false;
      }
      giveBack(in);
    } else {
      skipEmptyLines(in);
      head = in.isReadable() ? parse(in) : null;
      if (head == null) {
        hold(in);
        return false;
      }
      in.skipBytes(heads.end());
    }
    requireRoom(head.bodyBytes());
    sink.head(head);
    return begin(head);
  }

  private void skipEmptyLines(ByteBuf in) throws RequestFault {
    int at = in.readerIndex();
    while (in.readableBytes() > 1 && in.getByte(at) == '\r' && in.getByte(at + 1) == '\n') {
      in.skipBytes(2);
      at += 2;
      passEmptyLine();
    }
  }

  /** Those that came in parts: a connection that has nothing else is between requests. */
  private void dropEmptyLines() throws RequestFault {
    int from = 0;
    while (heldLength - from > 1 && held[from] == '\r' && held[from + 1] == '\n') {
      from += 2;
      passEmptyLine();
    }
    if (from > 0) {
      System.arraycopy(held, from, held, 0, heldLength - from);
      heldLength -= from;
    }
  }

  private void passEmptyLine() throws RequestFault {
    if (++emptyLines > MAX_EMPTY_LINES) {
      throw RequestFault.malformed(
          "more than " + MAX_EMPTY_LINES + " empty lines (expected a request)");
    }
  }

  /** Most heads are whole in their first read, and short. */
  private @Nullable RequestHead parse(ByteBuf in) throws RequestFault {
    byte[] bytes = heads.scratch();
    int all = Math.min(in.readableBytes(), bytes.length);
    int first = Math.min(all, FIRST_BYTES);
    in.getBytes(in.readerIndex(), bytes, 0, first);
    RequestHead head = parse(bytes, first);
    if (head == null && first < all) {
      in.getBytes(in.readerIndex(), bytes, 0, all);
      head = parse(bytes, all);
    }
    return head;
  }

  private @Nullable RequestHead parse(byte[] bytes, int length) throws RequestFault {
    boolean halfLine = length == 1 && bytes[0] == '\r';
    return halfLine ? null : heads.head(bytes, 0, length);
  }

  /** Where the body ends; true when there is none. */
  private boolean begin(RequestHead head) {
    remaining = head.bodyBytes();
    received = 0;
    if (remaining == 0) {
      return true;
    }
    if (remaining > 0) {
      state = State.FIXED;
    } else {
      state = State.CHUNK_SIZE;
      chunkSize.begin();
    }
    return false;
  }

  // The body

  private boolean fixed(ByteBuf in) {
    int part = (int) Math.min(remaining, in.readableBytes());
    remaining -= part;
    sink.chunk(take(in, part));
    return remaining == 0;
  }

  private boolean chunkSize(ByteBuf in) throws RequestFault {
    try {
      if (!chunkSize.read(in)) {
        return false;
      }
    } catch (UpstreamFault fault) {
      throw RequestFault.malformed(fault.getMessage());
    }
    remaining = chunkSize.bytes();
    received += remaining;
    requireRoom(received);
    state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
    return false;
  }

  private boolean chunkData(ByteBuf in) {
    int part = (int) Math.min(remaining, in.readableBytes());
    remaining -= part;
    if (remaining == 0) {
      state = State.CHUNK_END;
      sawReturn = false;
    }
    sink.chunk(take(in, part));
    return false;
  }

  private boolean chunkEnd(ByteBuf in) throws RequestFault {
    byte next = in.readByte();
    if (next != (sawReturn ? '\n' : '\r')) {
      throw RequestFault.malformed(
          "a chunk that is longer than its size (expected CR LF after it)");
    }
    if (sawReturn) {
      state = State.CHUNK_SIZE;
      chunkSize.begin();
    }
    sawReturn = true;
    return false;
  }

  private boolean trailers(ByteBuf in) throws RequestFault {
    Fields trailers = hold(in) ? heads.trailers(held, 0, heldLength) : null;
    if (trailers == null) {
      return false;
    }
    giveBack(in);
    if (!trailers.isEmpty()) {
      sink.trailers(trailers);
    }
    return true;
  }

  private void requireRoom(long bodyBytes) throws RequestFault {
    long max = heads.limits().maxBodyBytes();
    if (bodyBytes > max) {
      throw RequestFault.over(RequestFault.Reason.BODY, "too many bytes in the body", max);
    }
  }

  private static byte[] take(ByteBuf in, int length) {
    byte[] bytes = new byte[length];
    in.readBytes(bytes);
    return bytes;
  }

  /**
   * Keeps bytes until there are more.
   *
   * @return true when it is worth a look: a line ends in them, or there is room for no more, so
   *     that a limit is passed
   */
  private boolean hold(ByteBuf in) {
    int max = heads.scratch().length;
    int more = Math.min(in.readableBytes(), max - heldLength);
    int all = heldLength + more;
    if (held.length < all) {
      held = Arrays.copyOf(held, Math.max(Math.max(256, 2 * held.length), all));
    }
    in.readBytes(held, heldLength, more);
    boolean lineEnds = false;
    for (int i = heldLength; i < all; i++) {
      lineEnds |= held[i] == '\n';
    }
    heldLength = all;
    return lineEnds || all == max;
  }

  /** What was held beyond the end of what was read. */
  private void giveBack(ByteBuf in) {
    in.readerIndex(in.readerIndex() - (heldLength - heads.end()));
    heldLength = 0;
    held = NOTHING;
  }
}
