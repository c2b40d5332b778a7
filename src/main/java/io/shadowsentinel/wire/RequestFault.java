package io.shadowsentinel.wire;

import io.shadowsentinel.text.Printable;
import org.jspecify.annotations.Nullable;

/**
 * A request that is refused before any model is asked, and what its user is told. Its connection
 * ends with it: where a request went wrong, nobody knows for sure where the next one begins.
 */
public final class RequestFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** It may hold a piece of what a stranger sent. */
  private static final int MAX_SHOWN = 250;

  /** Why, as it is answered and counted. */
  public enum Reason {
    MALFORMED("malformed", 400, "Bad Request", null),
    BODY("body", 413, "Request Too Large", Limit.BODY),
    URI("uri", 414, "Target Too Long", Limit.URI),
    HEADER("header", 431, "Header Too Large", Limit.HEADER),
    HEADER_COUNT("header count", 431, "Too Many Header Fields", Limit.HEADER_COUNT),
    UNSUPPORTED("unsupported", 501, "Not Implemented", null),
    VERSION("version", 505, "Version Not Supported", null);

    public final String label;
    public final int status;
    public final String title;

    /** Null when it is the request itself that is at fault, and not its size. */
    public final @Nullable Limit limit;

    Reason(String label, int status, String title, @Nullable Limit limit) {
      this.label = label;
      this.status = status;
      this.title = title;
      this.limit = limit;
    }
  }

  private final Reason reason;

  public RequestFault(Reason reason, String message) {
    super(Printable.escape(message, MAX_SHOWN), null, false, false);
    this.reason = reason;
  }

  public static RequestFault malformed(String message) {
    return new RequestFault(Reason.MALFORMED, message);
  }

  /**
   * What is over a limit of the listener: {@code too many ... (at most 9: listen.limits.max...)}.
   */
  public static RequestFault over(Reason reason, String what, long max) {
    String key = reason.limit == null ? "" : reason.limit.key;
    return new RequestFault(reason, "%s (at most %d: listen.limits.%s)".formatted(what, max, key));
  }

  public Reason reason() {
    return reason;
  }

  public @Nullable Limit limit() {
    return reason.limit;
  }
}
