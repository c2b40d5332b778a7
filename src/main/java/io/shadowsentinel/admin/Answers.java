package io.shadowsentinel.admin;

import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes answers. Bodies that grow with the number of routes or decisions are made off the event
 * loop, which the proxy shares.
 */
final class Answers {
  static final String JSON = "application/json";

  private static final String PROBLEM = "problem";

  private static final Logger LOG = LoggerFactory.getLogger(Answers.class);

  private Answers() {}

  /** Answers 200 with the value as JSON. */
  static void json(RoutingContext ctx, Object value) {
    made(ctx, 200, JSON, () -> AdminJson.bytes(value));
  }

  /** Answers with bytes that a worker thread makes, one answer after the other. */
  static void made(RoutingContext ctx, int status, String type, Callable<byte[]> body) {
    ctx.vertx()
        .executeBlocking(body)
        .onComplete(bytes -> send(ctx, status, type, Buffer.buffer(bytes)), ctx::fail);
  }

  /** Answers with a body that is at hand. */
  static void send(RoutingContext ctx, int status, String type, Buffer body) {
    HttpServerResponse response = ctx.response();
    if (response.ended() || response.closed()) {
      return;
    }
    AnswerBudget budget = AnswerBudget.of(ctx);
    int size = body.length();
    if (budget != null && !budget.take(size)) {
      response.putHeader(HttpHeaders.RETRY_AFTER, "1");
      problem(ctx, Problem.unavailable("too many large answers wait for their clients to read"));
      return;
    }
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .end(body)
        .onFailure(gone -> LOG.debug("client left before its answer", gone))
        .onComplete(
            sent -> {
              if (budget != null) {
                budget.giveBack(size);
              }
            });
  }

  /** Answers 304: what the client has is still true. */
  static void unchanged(HttpServerResponse response) {
    response
        .setStatusCode(304)
        .end()
        .onFailure(gone -> LOG.debug("client left before its answer", gone));
  }

  /**
   * Turns whatever failed a request into a problem document.
   *
   * @param status what the router makes of it; its context does not hold it in every case
   */
  static void failure(RoutingContext ctx, int status) {
    Throwable cause = ctx.failure();
    if (ctx.response().closed()) {
      LOG.debug("client left before its request was whole", cause);
      return;
    }
    problem(
        ctx, cause instanceof ProblemException known ? known.problem() : unforeseen(ctx, status));
  }

  /** The problem that a request was answered with, or null. */
  static @Nullable Problem problemOf(RoutingContext ctx) {
    return ctx.get(PROBLEM);
  }

  static void problem(RoutingContext ctx, Problem problem) {
    ctx.put(PROBLEM, problem);
    if (ctx.response().headWritten()) {
      // An answer that has begun cannot become another one; cutting it short tells the client.
      ctx.request().connection().close().onFailure(gone -> LOG.debug("already closed", gone));
      return;
    }
    send(ctx, problem.status(), Problem.MEDIA_TYPE, Buffer.buffer(AdminJson.bytes(problem)));
  }

  /** Answers a request that HTTP itself does not allow, and closes the connection. */
  static void invalid(HttpServerRequest request) {
    Throwable cause = request.decoderResult().cause();
    Problem problem =
        cause instanceof TooLongHttpLineException
            ? Problem.of(414, "request line: over " + AdminVerticle.MAX_LINE + " B")
            : cause instanceof TooLongHttpHeaderException
                ? Problem.of(431, "header fields: over " + AdminVerticle.MAX_HEADERS + " B")
                : Problem.of(400, "the request could not be read");
    SecurityHeaders.put(request);
    request
        .response()
        .setStatusCode(problem.status())
        .putHeader(HttpHeaders.CONTENT_TYPE, Problem.MEDIA_TYPE)
        .putHeader(HttpHeaders.CONNECTION, "close")
        .end(Buffer.buffer(AdminJson.bytes(problem)))
        .onComplete(sent -> request.connection().close())
        .onFailure(gone -> LOG.debug("client left before its answer", gone));
  }

  /** Answers 405 to every method but those. */
  static void methodNotAllowed(RoutingContext ctx, List<String> allowed) {
    String allow = String.join(", ", allowed);
    ctx.response().putHeader(HttpHeaders.ALLOW, allow);
    problem(ctx, Problem.of(405, ctx.request().method() + " (expected " + allow + ")"));
  }

  private static Problem unforeseen(RoutingContext ctx, int status) {
    String path = ctx.request().path();
    return switch (status) {
      case 400 -> Problem.of(400, "the request could not be read");
      case 404 -> Problem.of(404, path + " is not part of this API");
      case 413 -> Problem.of(413, "body: too long (expected up to " + AdminRouter.MAX_BODY + " B)");
      default -> {
        LOG.error("{} {} failed", ctx.request().method(), path, ctx.failure());
        yield Problem.of(500, "an unforeseen fault; the log has it");
      }
    };
  }
}
