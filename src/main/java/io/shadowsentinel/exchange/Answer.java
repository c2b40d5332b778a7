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
 * @param inferenceHeaderLength the {@code Inference-Header-Content-Length} as it came: where the
 *     JSON of an Open Inference answer ends and its binary tensors begin; or null
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
public record Answer(
    Fate fate,
    int status,
    @Nullable String contentType,
    @Nullable String contentEncoding,
    byte[] body,
    long latencyNanos,
    @Nullable StreamTiming stream,
    @Nullable String inferenceHeaderLength) {

  private static final byte[] NONE = new byte[0];

  /** An answer that came neither as a stream nor with binary tensors. */
  public Answer(
      Fate fate,
      int status,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      byte[] body,
      long latencyNanos) {
    this(fate, status, contentType, contentEncoding, body, latencyNanos, null, null);
  }

  /** An answer without binary tensors. */
  public Answer(
      Fate fate,
      int status,
      @Nullable String contentType,
      @Nullable String contentEncoding,
      byte[] body,
      long latencyNanos,
      @Nullable StreamTiming stream) {
    this(fate, status, contentType, contentEncoding, body, latencyNanos, stream, null);
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
    NOT_SENT,
    /** A champion's that went on when the mirror's time was over. Its user gets all of it. */
    UNFINISHED,
    /** A challenger's that nobody waited for, as the champion's cannot be compared. */
    GIVEN_UP
  }

  /** An answer that did not arrive in full. */
  public static Answer without(Fate fate, int status, long latencyNanos) {
    return new Answer(fate, status, null, null, NONE, latencyNanos);
  }

  /** The same answer with another {@code Inference-Header-Content-Length}. */
  public Answer withInferenceHeaderLength(@Nullable String length) {
    return new Answer(
        fate, status, contentType, contentEncoding, body, latencyNanos, stream, length);
  }

  /** True for a complete answer with a status of 200 to 299. */
  public boolean isSuccess() {
    return fate == Fate.COMPLETE && status >= 200 && status <= 299;
  }
}
