package io.shadowsentinel.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyOrder;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.shadowsentinel.table.RouteState;
import org.jspecify.annotations.Nullable;

/**
 * An error as RFC 9457 has it.
 *
 * @param type {@code about:blank} where the status says it all, else one of the constants
 * @param title the same for every problem of a type
 * @param status the HTTP status
 * @param detail what was wrong this time, and what was expected
 * @param state the route's state, where that is what forbids the call; else left out
 */
@JsonPropertyOrder({"type", "title", "status", "detail", "state"})
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Problem(
    String type, String title, int status, String detail, @Nullable RouteState state) {

  public static final String MEDIA_TYPE = "application/problem+json";

  /** The route is not in the table. */
  public static final String NO_SUCH_ROUTE = "urn:shadow-sentinel:problem:no-such-route";

  /** The route's state does not allow the action. */
  public static final String REFUSED = "urn:shadow-sentinel:problem:refused";

  /** The change could not be written down, so it was not made. */
  public static final String NOT_STORED = "urn:shadow-sentinel:problem:not-stored";

  /** The process is starting or shutting down, or too busy to answer. */
  public static final String UNAVAILABLE = "urn:shadow-sentinel:problem:unavailable";

  /** A problem that its status names well enough. */
  static Problem of(int status, String detail) {
    return new Problem(
        "about:blank", HttpResponseStatus.valueOf(status).reasonPhrase(), status, detail, null);
  }

  static Problem noSuchRoute(String name) {
    return new Problem(
        NO_SUCH_ROUTE, "No such route", 404, "route " + name + " is not in the table", null);
  }

  static Problem unheardOf(String name) {
    return new Problem(
        NO_SUCH_ROUTE,
        "No such route",
        404,
        "route " + name + " is neither in the table nor in the decision log",
        null);
  }

  static Problem refused(RouteState state, String why) {
    return new Problem(REFUSED, "The route's state does not allow it", 409, why, state);
  }

  static Problem notStored(String why) {
    return new Problem(NOT_STORED, "The change could not be stored", 503, why, null);
  }

  static Problem unavailable(String why) {
    return new Problem(UNAVAILABLE, "Not available now", 503, why, null);
  }
}
