package io.shadowsentinel.wire;

import io.netty.channel.Channel;
import io.netty.util.AttributeKey;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.net.impl.ConnectionBase;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The trailers of a user's chunked HTTP/1.1 request, on their way past Vert.x, which has no place
 * for them: the connection keeps those of its request under way. Those that would say what a head
 * has to are left out: whoever checks heads for them, here or behind, must not be got around.
 */
public final class RequestTrailers {
  private static final AttributeKey<Fields> KEY =
      AttributeKey.valueOf(RequestTrailers.class, "trailers");

  /**
   * What RFC 9110, section 6.5.1, keeps out of trailers, framing and routing aside: request
   * modifiers, authentication, and what describes the content; and what this proxy, or another,
   * says of itself.
   */
  private static final Set<String> OF_HEADS =
      Set.of(
          "authorization",
          "cache-control",
          "cookie",
          "expect",
          "forwarded",
          "max-forwards",
          "pragma",
          "range",
          "trailer",
          "via",
          "x-request-id",
          "x-shadow-request");

  private static final List<String> OF_HEADS_BY_PREFIX = List.of("content-", "if-", "x-forwarded-");

  private RequestTrailers() {}

  /** Keeps those that may pass, for {@link #of}. */
  public static void keep(Channel channel, Fields trailers) {
    trailers.keep(RequestTrailers::passes);
    channel.attr(KEY).set(trailers.isEmpty() ? null : trailers);
  }

  /** Forgets what a connection's request before had. */
  public static void forget(Channel channel) {
    channel.attr(KEY).set(null);
  }

  /** Those of a request that has ended; null for none. */
  public static @Nullable Fields of(HttpServerRequest request) {
    Fields trailers =
        request.connection() instanceof ConnectionBase connection
            ? connection.channel().attr(KEY).get()
            : null;
    if (trailers != null) {
      HeaderRules.namedByConnection(request.headers()).forEach(trailers::remove);
    }
    return trailers;
  }

  private static boolean passes(CharSequence name) {
    if (!HeaderRules.isTrailer(name)) {
      return false;
    }
    String lower = name.toString().toLowerCase(Locale.ROOT);
    return !OF_HEADS.contains(lower) && OF_HEADS_BY_PREFIX.stream().noneMatch(lower::startsWith);
  }
}
