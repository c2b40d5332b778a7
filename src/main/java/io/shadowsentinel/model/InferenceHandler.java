package io.shadowsentinel.model;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the body of an inference in, up to the bound, has it answered on the pool, and sends the
 * answer. Event loop, but for the answer's making.
 */
final class InferenceHandler implements Handler<HttpServerRequest> {

  private static final Logger LOG = LoggerFactory.getLogger(InferenceHandler.class);
  private static final String NO_ROOM = "other requests take the memory that there is for them";
  private static final String JSON_LENGTH = "Inference-Header-Content-Length";

  /** As many of the largest bodies, with tensors as large, may be held at once. */
  private static final int REQUESTS_OF_FULL_SIZE = 4;

  private final OnnxModel model;
  private final InferencePool pool;
  private final RequestReader reader;
  private final int maxBodyBytes;
  private final RequestMemory memory;

  InferenceHandler(OnnxModel model, InferencePool pool, int maxBodyBytes) {
    this.model = model;
    this.pool = pool;
    this.reader = new RequestReader(model.inputs(), model.outputs());
    this.maxBodyBytes = maxBodyBytes;
    this.memory = new RequestMemory((long) REQUESTS_OF_FULL_SIZE * maxBodyBytes);
  }

  @Override
  public void handle(HttpServerRequest request) {
    Exchange exchange = new Exchange(request);
    if (declaredBytes(request) > maxBodyBytes) {
      exchange.refuseBody();
      return;
    }
    request.handler(exchange::take).endHandler(end -> exchange.submit());
    request.exceptionHandler(exchange::abandon);
    request.response().exceptionHandler(exchange::abandon).closeHandler(exchange::abandon);
    if ("100-continue".equalsIgnoreCase(request.getHeader(HttpHeaders.EXPECT))) {
      request.response().writeContinue().onFailure(ClientGone::log);
    }
  }

  private static long declaredBytes(HttpServerRequest request) {
    String declared = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    try {
      return declared == null ? 0 : Long.parseLong(declared);
    } catch (NumberFormatException e) {
      return Long.MAX_VALUE;
    }
  }

  /**
   * An answer on its way out.
   *
   * @param jsonBytes how much of the body is JSON, when bytes follow it; else -1
   */
  private record Reply(int status, Buffer body, int jsonBytes) {
    static Reply error(int status, @Nullable String message) {
      return new Reply(status, ResponseWriter.error(String.valueOf(message)), -1);
    }
  }

  /** Makes the answer. Blocks; on the pool. */
  private Reply reply(byte[] body, @Nullable String jsonLength, RequestMemory.Share share) {
    try {
      InferenceRequest request = reader.read(body, jsonLength, share::take);
      List<Tensor> outputs = model.infer(request.inputs(), request.outputs());
      ResponseWriter.Written written = ResponseWriter.answer(model, request, outputs);
      return new Reply(200, written.body(), written.jsonBytes());
    } catch (InvalidRequestException e) {
      return Reply.error(400, e.getMessage());
    } catch (NoRoomException e) {
      return Reply.error(503, NO_ROOM);
    } catch (InferenceException e) {
      LOG.debug("model {} failed: {}", model.name(), e.getMessage());
      return Reply.error(500, e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("model {}: an inference failed in a way nobody foresaw", model.name(), e);
      return Reply.error(500, "internal error");
    }
  }

  /** One request, from its first byte to its answer. */
  private final class Exchange {

    private final HttpServerRequest request;
    private final Context context = Vertx.currentContext();
    private Buffer body = Buffer.buffer();
    private final RequestMemory.Share share = memory.new Share();
    private boolean refused;
    private boolean submitted;

    /** Read by the pool: an answer that nobody waits for is not worth its making. */
    private volatile boolean abandoned;

    Exchange(HttpServerRequest request) {
      this.request = request;
    }

    void take(Buffer chunk) {
      if (refused) {
        return;
      }
      if (body.length() + (long) chunk.length() > maxBodyBytes) {
        refuseBody();
      } else if (!share.take(chunk.length())) {
        request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        refuse(503, NO_ROOM);
      } else {
        body.appendBuffer(chunk);
      }
    }

    void refuseBody() {
      refuse(413, "a body over " + maxBodyBytes + " bytes");
    }

    /** Says no before the rest has come; what still comes is dropped until the client stops. */
    private void refuse(int status, String message) {
      refused = true;
      body = Buffer.buffer();
      share.end();
      if (request.version() != HttpVersion.HTTP_2) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
      ProtocolHandler.error(request, status, message);
    }

    void abandon(@Nullable Object ignored) {
      abandoned = true;
      if (!submitted) {
        body = Buffer.buffer();
        share.end();
      }
    }

    void submit() {
      if (refused || abandoned) {
        return;
      }
      byte[] bytes = body.getBytes();
      body = Buffer.buffer();
      submitted = true;
      String jsonLength = request.getHeader(JSON_LENGTH);
      if (!pool.offer(() -> work(bytes, jsonLength))) {
        share.end();
        request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        ProtocolHandler.error(request, 503, "too many requests are waiting for " + model.name());
      }
    }

    private void work(byte[] bytes, @Nullable String jsonLength) {
      try {
        if (!abandoned) {
          Reply reply = reply(bytes, jsonLength, share);
          context.runOnContext(done -> send(reply));
        }
      } finally {
        share.end();
      }
    }

    private void send(Reply reply) {
      HttpServerResponse response = request.response();
      if (response.closed()) {
        return;
      }
      if (reply.status() == 503) {
        response.putHeader(HttpHeaders.RETRY_AFTER, "1");
      }
      if (reply.jsonBytes() < 0) {
        ProtocolHandler.answer(response, reply.status(), reply.body());
      } else {
        response.putHeader(JSON_LENGTH, String.valueOf(reply.jsonBytes()));
        ProtocolHandler.answer(response, reply.status(), "application/octet-stream", reply.body());
      }
    }
  }
}
