package io.shadowsentinel.model;

import io.vertx.core.Context;
import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
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
  private static final String BINARY_EXTENSION = "Inference-Header-Content-Length";

  private final OnnxModel model;
  private final InferencePool pool;
  private final RequestReader reader;
  private final int maxBodyBytes;

  InferenceHandler(OnnxModel model, InferencePool pool, int maxBodyBytes) {
    this.model = model;
    this.pool = pool;
    this.reader = new RequestReader(model.inputs(), model.outputs());
    this.maxBodyBytes = maxBodyBytes;
  }

  @Override
  public void handle(HttpServerRequest request) {
    if (request.getHeader(BINARY_EXTENSION) != null) {
      ProtocolHandler.error(
          request, 400, BINARY_EXTENSION + ": binary data is not supported (expected JSON)");
      return;
    }
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

  private record Reply(int status, Buffer body) {}

  /** Makes the answer. Blocks; on the pool. */
  private Reply reply(byte[] body) {
    try {
      InferenceRequest request = reader.read(body);
      List<Tensor> outputs = model.infer(request.inputs(), request.outputs());
      return new Reply(200, ResponseWriter.answer(model, request.id(), outputs));
    } catch (InvalidRequestException e) {
      return new Reply(400, ResponseWriter.error(e.getMessage()));
    } catch (InferenceException e) {
      LOG.debug("model {} failed: {}", model.name(), e.getMessage());
      return new Reply(500, ResponseWriter.error(e.getMessage()));
    } catch (RuntimeException e) {
      LOG.error("model {}: an inference failed in a way nobody foresaw", model.name(), e);
      return new Reply(500, ResponseWriter.error("internal error"));
    }
  }

  /** One request, from its first byte to its answer. */
  private final class Exchange {

    private final HttpServerRequest request;
    private final Context context = Vertx.currentContext();
    private Buffer body = Buffer.buffer();
    private boolean refused;

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
      } else {
        body.appendBuffer(chunk);
      }
    }

    /** Says no before the rest has come; what still comes is dropped until the client stops. */
    void refuseBody() {
      refused = true;
      body = Buffer.buffer();
      if (request.version() != HttpVersion.HTTP_2) {
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      }
      ProtocolHandler.error(request, 413, "a body over " + maxBodyBytes + " bytes");
    }

    void abandon(@Nullable Object ignored) {
      abandoned = true;
    }

    void submit() {
      if (refused || abandoned) {
        return;
      }
      byte[] bytes = body.getBytes();
      body = Buffer.buffer();
      if (!pool.offer(() -> work(bytes))) {
        request.response().putHeader(HttpHeaders.RETRY_AFTER, "1");
        ProtocolHandler.error(request, 503, "too many requests are waiting for " + model.name());
      }
    }

    private void work(byte[] bytes) {
      if (!abandoned) {
        Reply reply = reply(bytes);
        context.runOnContext(done -> send(reply));
      }
    }

    private void send(Reply reply) {
      if (!request.response().closed()) {
        ProtocolHandler.answer(request.response(), reply.status(), reply.body());
      }
    }
  }
}
