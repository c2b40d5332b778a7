package io.shadowsentinel.exchange;

import org.jspecify.annotations.Nullable;

/**
 * What one model made of one request.
 *
 * @param fate how it ended
 * @param status the HTTP status, or 0 when no status line came
 * @param contentType the {@code Content-Type}, or null
 * @param contentEncoding the {@code Content-Encoding}, or null
 * @param body the bytes as they came, never changed after this record is made; empty unless {@code
 *     fate} is {@link Fate#COMPLETE}
 * @param latencyNanos from the request's start to the answer's end, in nanoseconds
 * @param stream when its parts came; null unless it is complete, its media type is that of a {@link
 *     StreamKind}, and it has a body
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
public record Answer(
    Fate fate,
    int status,
    @Nullable String contentType,
    @Nullable String contentEncoding,
    byte[] body,
    long latencyNanos,
    @Nullable StreamTiming stream) {

  private static final byte[] NONE = new byte[0];

  /** An answer that did not come as a stream. */
  public Answer(
      Fate fate,
      int status,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      byte[] body,
      long latencyNanos) {
    this(fate, status, contentType, contentEncoding, body, latencyNanos, null);
  }

  /** How an upstream's answer ended. */
  public enum Fate {
    /** Head and body arrived in full. */
    COMPLETE,
    /** The body went over the cap; what was captured of it is dropped. */
    TOO_LARGE,
    /** No complete answer within the time allowed. */
    TIMED_OUT,
    /** No connection could be made. */
    UNREACHABLE,
    /** The connection broke, or what came was not HTTP. */
    BROKEN,
    /** It was never asked: the route's rules for its request do not fit this one. */
    NOT_SENT
  }

  /** An answer that did not arrive in full. */
  public static Answer without(Fate fate, int status, long latencyNanos) {
    return new Answer(fate, status, null, null, NONE, latencyNanos);
  }

  /** True for a complete answer with a status of 200 to 299. */
  public boolean isSuccess() {
    return fate == Fate.COMPLETE && status >= 200 && status <= 299;
  }
}
