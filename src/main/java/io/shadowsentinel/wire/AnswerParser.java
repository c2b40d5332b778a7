package io.shadowsentinel.wire;

import io.netty.buffer.ByteBuf;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.internal.buffer.BufferInternal;
import java.util.Arrays;
import java.util.List;

/**
 * Reads the answers of one HTTP/1.1 connection, one at a time, from bytes as they come. As strict
 * as RFC 9112 lets it be: what could be read in two ways is refused, for behind a proxy one of the
 * readers is somebody else. Bound to one event loop.
 */
public final class AnswerParser {
  /** What comes of it, in this order; any of these may call {@link #stop}. */
  public interface Sink {
    /** An answer of 1xx: any number of them, before the head. */
    void interim(int status, Fields fields);

    void head(AnswerHead head);

    void chunk(Buffer chunk);

    /** The answer is complete. */
    void end();

    /** In place of a head, where {@link #expectSwitch}: what follows it is no HTTP. */
    default void switched(AnswerHead head) {}
  }

  private enum State {
    /** No answer is expected. */
    IDLE,
    HEAD,
    FIXED,
    UNTIL_CLOSE,
    CHUNK_SIZE,
    CHUNK_DATA,
    CHUNK_END,
    TRAILERS
  }

  private final Sink sink;
  private final HeadParser heads;
  private final ChunkSize chunkSize = new ChunkSize();

  private State state = State.IDLE;
  private boolean toHead;
  private boolean maySwitch;
  private long remaining;
  private boolean sawReturn;
  private Fields trailers = new Fields();

  /** The beginning of a head that is not all there. */
  private byte[] held = {};

  private int heldLength;

  /**
   * A parser that expects nothing.
   *
   * @param heads may be shared by all parsers of an event loop
   */
  public AnswerParser(Sink sink, HeadParser heads) {
    this.sink = sink;
    this.heads = heads;
  }

  /**
   * The next bytes are an answer.
   *
   * @param toHead true when it answers a {@code HEAD}, and so has no body
   */
  public void expect(boolean toHead) {
    this.toHead = toHead;
    state = State.HEAD;
  }

  /** The answers of this connection may be {@code 101}. */
  public void expectSwitch() {
    maySwitch = true;
  }

  /** Nothing more is to be told of this answer, and nothing expected of this connection. */
  public void stop() {
    state = State.IDLE;
    held = new byte[0];
    heldLength = 0;
  }

  /** True when there is no answer under way. */
  boolean isIdle() {
    return state == State.IDLE;
  }

  /** True for an answer that ends with its connection. */
  public boolean endsWithConnection() {
    return state == State.UNTIL_CLOSE;
  }

  /**
   * Takes bytes, up to the end of the answer; what is left is not part of it.
   *
   * @throws UpstreamFault for what is no answer
   */
  public void read(ByteBuf in) throws UpstreamFault {
    while (in.isReadable() && state != State.IDLE) {
      switch (state) {
        case HEAD -> head(in);
        case FIXED -> fixed(in);
        case UNTIL_CLOSE -> sink.chunk(take(in, in.readableBytes()));
        case CHUNK_SIZE -> chunkSize(in);
        case CHUNK_DATA -> chunkData(in);
        case CHUNK_END -> chunkEnd(in);
        case TRAILERS -> trailers(in);
        case IDLE -> {}
      }
    }
  }

  // The head

  private void head(ByteBuf in) throws UpstreamFault {
    int length = block(in, "an answer's head");
    if (length < 0) {
      return;
    }
    AnswerHead head = heads.answer(blockBytes(), length);
    forgetBlock();
    if (head.status() < 200) {
      interim(head);
      return;
    }
    frame(head);
    trailers = head.trailers();
    sink.head(head);
    if (state == State.FIXED && remaining == 0) {
      end();
    }
  }

  private void interim(AnswerHead head) throws UpstreamFault {
    if (head.status() == 101 && maySwitch) {
      state = State.IDLE;
      sink.switched(head);
      return;
    }
    if (head.status() == 101) {
      throw UpstreamFault.unreadable(
          "status 101 (expected no other protocol, as none was asked for)");
    }
    sink.interim(head.status(), head.fields());
  }

  /** How long the body is: RFC 9112, section 6.3. */
  private void frame(AnswerHead head) throws UpstreamFault {
    Fields fields = head.fields();
    String encoding = fields.get(HeaderRules.TRANSFER_ENCODING);
    String length = fields.get(HeaderRules.CONTENT_LENGTH);
    if (encoding != null) {
      if (length != null) {
        throw UpstreamFault.unreadable("both Transfer-Encoding and Content-Length (expected one)");
      }
      requireChunked(head, encoding);
      state = State.CHUNK_SIZE;
      chunkSize.begin();
    } else if (length != null) {
      remaining = length(fields, length);
      state = State.FIXED;
    } else {
      state = State.UNTIL_CLOSE;
    }
    if (toHead || AnswerHead.isBodiless(head.status())) {
      remaining = 0;
      state = State.FIXED;
    }
  }

  private static void requireChunked(AnswerHead head, String encoding) throws UpstreamFault {
    List<String> all = head.fields().getAll(HeaderRules.TRANSFER_ENCODING);
    if (all.size() > 1 || !encoding.equalsIgnoreCase("chunked")) {
      throw UpstreamFault.unreadable(
          "Transfer-Encoding: " + String.join(", ", all) + " (expected chunked)");
    }
    if (head.version() == HttpVersion.HTTP_1_0) {
      throw UpstreamFault.unreadable("Transfer-Encoding in an answer of HTTP/1.0 (expected none)");
    }
  }

  private static long length(Fields fields, String length) throws UpstreamFault {
    List<String> all = fields.getAll(HeaderRules.CONTENT_LENGTH);
    long parsed = HeaderRules.parseLength(length);
    if (parsed < 0 || all.size() > 1) {
      throw UpstreamFault.unreadable(
          "Content-Length: " + String.join(", ", all) + " (expected one number of bytes)");
    }
    return parsed;
  }

  // The body

  private void fixed(ByteBuf in) {
    int part = (int) Math.min(remaining, in.readableBytes());
    remaining -= part;
    sink.chunk(take(in, part));
    if (remaining == 0 && state == State.FIXED) {
      end();
    }
  }

  private void chunkSize(ByteBuf in) throws UpstreamFault {
    if (!chunkSize.read(in)) {
      return;
    }
    remaining = chunkSize.bytes();
    state = remaining == 0 ? State.TRAILERS : State.CHUNK_DATA;
  }

  private void chunkData(ByteBuf in) {
    int part = (int) Math.min(remaining, in.readableBytes());
    remaining -= part;
    if (remaining == 0) {
      state = State.CHUNK_END;
      sawReturn = false;
    }
    sink.chunk(take(in, part));
  }

  private void chunkEnd(ByteBuf in) throws UpstreamFault {
    byte next = in.readByte();
    if (next != (sawReturn ? '\n' : '\r')) {
      throw UpstreamFault.unreadable(
          "a chunk that is longer than its size (expected CR LF after it)");
    }
    if (sawReturn) {
      state = State.CHUNK_SIZE;
      chunkSize.begin();
    }
    sawReturn = true;
  }

  private void trailers(ByteBuf in) throws UpstreamFault {
    int length = block(in, "trailers");
    if (length < 0) {
      return;
    }
    heads.fields(blockBytes(), 0, length, trailers);
    forgetBlock();
    end();
  }

  private void end() {
    state = State.IDLE;
    sink.end();
  }

  private static Buffer take(ByteBuf in, int length) {
    // Copied once, to memory that is not cleared before.
    Buffer bytes = Buffer.buffer(length);
    bytes.appendBuffer(BufferInternal.buffer(in.readSlice(length)));
    return bytes;
  }

  // Lines up to an empty one

  /**
   * Looks for the end of a block of lines.
   *
   * @return its length in {@link #blockBytes}, or -1 when it is not all there yet
   */
  private int block(ByteBuf in, String what) throws UpstreamFault {
    int available = Math.min(in.readableBytes(), HeadParser.MAX_BYTES + 1 - heldLength);
    byte[] bytes;
    int from = heldLength;
    if (heldLength == 0) {
      bytes = heads.scratch(available);
    } else {
      if (held.length < heldLength + available) {
        held = Arrays.copyOf(held, Math.max(2 * held.length, heldLength + available));
      }
      bytes = held;
    }
    in.getBytes(in.readerIndex(), bytes, from, available);
    int all = from + available;
    // An empty line may have begun in what was held.
    int end = endOfBlock(bytes, Math.max(0, from - 2), all, state == State.TRAILERS);
    if (end >= 0 && end <= HeadParser.MAX_BYTES) {
      in.skipBytes(end - from);
      return end;
    }
    if (all > HeadParser.MAX_BYTES) {
      throw UpstreamFault.unreadable(what + " of more than " + HeadParser.MAX_BYTES + " bytes");
    }
    in.skipBytes(available);
    if (heldLength == 0) {
      held = Arrays.copyOf(bytes, Math.max(256, all));
    }
    heldLength = all;
    return -1;
  }

  private byte[] blockBytes() {
    return heldLength == 0 ? heads.scratch(0) : held;
  }

  private void forgetBlock() {
    if (heldLength > 0) {
      held = new byte[0];
      heldLength = 0;
    }
  }

  /** The index after the empty line, or -1. Trailers may be that line alone. */
  private static int endOfBlock(byte[] bytes, int from, int to, boolean mayBeEmpty) {
    if (mayBeEmpty && to > 0) {
      if (bytes[0] == '\n') {
        return 1;
      }
      if (bytes[0] == '\r' && to > 1 && bytes[1] == '\n') {
        return 2;
      }
    }
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        if (i + 1 < to && bytes[i + 1] == '\n') {
          return i + 2;
        }
        if (i + 2 < to && bytes[i + 1] == '\r' && bytes[i + 2] == '\n') {
          return i + 3;
        }
      }
    }
    return -1;
  }
}
