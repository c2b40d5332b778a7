package io.shadowsentinel.model;

import io.vertx.core.Handler;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.Arrays;
import java.util.List;

/** The paths and methods of the Open Inference Protocol V2. Event loop. */
final class ProtocolHandler implements Handler<HttpServerRequest> {

  private static final String SERVER = "shadow-sentinel";

  private final OnnxModel model;
  private final InferenceHandler inference;

  ProtocolHandler(OnnxModel model, InferencePool pool, int maxBodyBytes) {
    this.model = model;
    this.inference = new InferenceHandler(model, pool, maxBodyBytes);
  }

  @Override
  public void handle(HttpServerRequest request) {
    String path = request.path() == null ? "" : request.path();
    switch (path) {
      case "/v2" -> get(request, ResponseWriter.server(SERVER, version()));
      case "/v2/health/live" -> get(request, ResponseWriter.flag("live"));
      case "/v2/health/ready" -> get(request, ResponseWriter.flag("ready"));
      default -> {
        List<String> steps = Arrays.asList(path.split("/", -1));
        if (steps.size() > 3 && path.startsWith("/v2/models/")) {
          ofModel(request, steps.get(3), steps.subList(4, steps.size()));
        } else {
          noSuchPath(request);
        }
      }
    }
  }

  private void ofModel(HttpServerRequest request, String name, List<String> rest) {
    List<String> call = rest;
    if (!name.equals(model.name())) {
      error(request, 404, "no model '" + OneLine.value(name) + "' (this is " + model.name() + ")");
      return;
    }
    if (rest.size() > 1 && rest.get(0).equals("versions")) {
      if (!rest.get(1).equals(model.version())) {
        error(
            request,
            404,
            "model '%s' has no version '%s' (expected '%s')"
                .formatted(name, OneLine.value(rest.get(1)), model.version()));
        return;
      }
      call = rest.subList(2, rest.size());
    }
    if (call.isEmpty()) {
      get(request, ResponseWriter.metadata(model));
    } else if (call.equals(List.of("ready"))) {
      get(request, ResponseWriter.ready(model));
    } else if (call.equals(List.of("infer"))) {
      post(request);
    } else {
      noSuchPath(request);
    }
  }

  private static void get(HttpServerRequest request, Buffer body) {
    if (request.method().equals(HttpMethod.GET)) {
      answer(request.response(), 200, body);
    } else {
      notAllowed(request, "GET");
    }
  }

  private void post(HttpServerRequest request) {
    if (request.method().equals(HttpMethod.POST)) {
      inference.handle(request);
    } else {
      notAllowed(request, "POST");
    }
  }

  private static void notAllowed(HttpServerRequest request, String allowed) {
    request.response().putHeader(HttpHeaders.ALLOW, allowed);
    error(request, 405, request.method() + " is not allowed here (expected " + allowed + ")");
  }

  private static void noSuchPath(HttpServerRequest request) {
    error(request, 404, "no such path: " + OneLine.value(request.path()));
  }

  static void error(HttpServerRequest request, int status, String message) {
    answer(request.response(), status, ResponseWriter.error(message));
  }

  static void answer(HttpServerResponse response, int status, Buffer body) {
    answer(response, status, "application/json", body);
  }

  static void answer(HttpServerResponse response, int status, String type, Buffer body) {
    response
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .end(body)
        .onFailure(ClientGone::log);
  }

  private static String version() {
    String version = ProtocolHandler.class.getPackage().getImplementationVersion();
    return version == null ? "unpackaged" : version;
  }
}
