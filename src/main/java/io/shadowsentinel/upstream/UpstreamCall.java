package io.shadowsentinel.upstream;

import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.net.NetSocket;
import org.jspecify.annotations.Nullable;

/**
 * One request to an upstream, and its answer, over a connection that is this call's until it ends:
 * with the answer's end, with a break, or by {@link #cancel}. The connection finds its own way back
 * to its pool, or is closed. Bound to one event loop, where the caller is told as well.
 */
public interface UpstreamCall {
  /** How often a request may be {@link Caller#refused} until it is not made again. */
  int MAX_REFUSALS = 2;

  /** Whoever makes the call. Nothing is told after the end, or after {@link #cancel}. */
  interface Caller {
    /** True when no call is wanted any more. */
    boolean isOver();

    /** There is a connection: {@link #open} is next, or {@link #cancel}. */
    void connected(UpstreamCall call);

    /** There will be none. */
    void notConnected(Throwable failure);

    /** The upstream asks for the body: {@code 100 Continue}. */
    default void continued() {}

    /** {@code 103 Early Hints}. */
    default void earlyHints(Fields hints) {}

    /**
     * The upstream speaks another protocol from now on; told in place of the answer's head, to whom
     * {@link UpstreamClients#requestUpgrade} asked for.
     *
     * @param socket the caller's to use and to close; paused
     */
    default void switched(AnswerHead head, NetSocket socket) {
      socket.close();
    }

    /** The answer's head. */
    void answerHead(AnswerHead head);

    /** A part of the answer's body; it is the caller's to keep, and not to change. */
    void answerChunk(Buffer chunk);

    /** The answer is complete. */
    void answerEnd();

    /** The call ended before its answer was complete. */
    void broke(Throwable cause);

    /**
     * The call ended before its answer began, and the upstream has certainly done nothing about it:
     * it may be made again.
     *
     * @param sent what was sent of the body; null when that is not held any more
     */
    default void refused(Throwable cause, @Nullable Buffer sent) {
      broke(cause);
    }
  }

  /** True when the upstream speaks HTTP/2 here. */
  boolean isHttp2();

  /**
   * Says what is asked for. It is sent with what comes first of the body.
   *
   * @param authority whom the request names, where the protocol has a place of its own for that
   * @param fields as they are sent; of HTTP/1.1, with {@code Host} and what frames the body, but
   *     for {@link #frameInChunks}
   * @param bodyBytes of the body, as far as is known; -1 when it is not
   * @throws UpstreamFault for what cannot be sent; the call is still to be cancelled then
   */
  void open(String authority, Fields fields, long bodyBytes) throws UpstreamFault;

  /**
   * The body's length is unknown, so HTTP/1.1 has to say where it ends. Before the head is sent.
   */
  void frameInChunks();

  /** Sends the head alone. */
  void sendHead();

  /** Sends a part of the body. */
  void write(Buffer chunk);

  /**
   * Says what comes behind the body, before {@link #end}. It is left out where the body is not in
   * chunks, and HTTP/1.1 has no place for it.
   */
  void trailers(Fields trailers);

  /** Ends the request, with the last part of its body if there is one. */
  void end(@Nullable Buffer last);

  /** True while the upstream should get no more. */
  boolean isFull();

  /** Told, once, when there is room again. */
  void onRoom(Runnable room);

  /** No more of the answer for now; some of it may already be on its way. */
  void pause();

  void resume();

  /** Gives up whatever is not through yet. Does nothing to a call that has ended. */
  void cancel();
}
