package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.ConnectException;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class OpenInferenceServerIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int MAX_BODY = 4096;
  private static final String INFER = "/v2/models/digits/infer";

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private final List<OpenInferenceServer> servers = new ArrayList<>();
  private Vertx vertx;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    for (OpenInferenceServer server : servers) {
      server.close().await(30, TimeUnit.SECONDS);
    }
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  private OpenInferenceServer start(Path model, InferencePool pool) throws Exception {
    ServerSettings settings = new ServerSettings("127.0.0.1", 0, MAX_BODY, 1, 1);
    OpenInferenceServer server =
        OpenInferenceServer.start(vertx, Models.load(model), settings, pool)
            .await(30, TimeUnit.SECONDS);
    servers.add(server);
    return server;
  }

  private OpenInferenceServer start(Path model) throws Exception {
    return start(model, new InferencePool("digits", 1, 8));
  }

  private HttpRequest.Builder to(OpenInferenceServer server, String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path));
  }

  private HttpResponse<String> get(OpenInferenceServer server, String path) throws Exception {
    return client.send(to(server, path).build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(OpenInferenceServer server, String path, String body)
      throws Exception {
    HttpRequest request = to(server, path).POST(BodyPublishers.ofString(body)).build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    assertThat(response.headers().firstValue("content-type")).contains("application/json");
    return JSON.readTree(response.body());
  }

  private static String row(int index) throws IOException {
    String line = Files.readAllLines(Models.REPLAY).get(index);
    return line.substring(0, line.lastIndexOf(','));
  }

  private static String request(String shape, String data, String more) {
    return """
        {%s"inputs":[{"name":"input","datatype":"FP32","shape":%s,"data":%s}]}
        """
        .formatted(more, shape, data);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "/v2/health/live|/live|true",
        "/v2/health/ready|/ready|true",
        "/v2/models/digits/ready|/ready|true",
        "/v2/models/digits/versions/1/ready|/name|digits",
        "/v2|/name|shadow-sentinel",
        "/v2/models/digits|/versions/0|1",
        "/v2/models/digits/versions/1|/inputs/0/name|input",
        "/v2/models/digits|/inputs/0/shape/0|-1",
        "/v2/models/digits|/outputs/0/datatype|INT64",
        "/v2/models/digits|/outputs/1/name|probabilities",
      })
  void path_ofTheProtocol_isAnswered(String path, String pointer, String value) throws Exception {
    HttpResponse<String> response = get(start(Models.CHAMPION), path);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).at(pointer).asText()).isEqualTo(value);
  }

  @Test
  void metadata_ofNamedClasses_carriesThemAsJsonInAParameter() throws Exception {
    JsonNode metadata = json(get(start(Models.CHAMPION), "/v2/models/digits"));
    String classes = metadata.at("/outputs/1/parameters/classes").textValue();
    assertThat(JSON.readValue(classes, String[].class)).hasSize(10).contains("0", "9");
  }

  @Test
  void rows_nestedFlatOrByVersion_giveTheSameAnswer() throws Exception {
    OpenInferenceServer server = start(Models.GOOD);
    String flat = "[" + row(0) + "," + row(1) + "]";
    String nested = "[[" + row(0) + "],[" + row(1) + "]]";
    JsonNode one = json(post(server, INFER, request("[2,64]", flat, "\"id\":\"a \\\"b\",")));
    JsonNode two =
        json(post(server, "/v2/models/digits/versions/1/infer", request("[2,64]", nested, "")));
    assertThat(one.at("/id").textValue()).isEqualTo("a \"b");
    assertThat(two.has("id")).isFalse();
    assertThat(one.at("/model_name").textValue()).isEqualTo("digits");
    assertThat(one.at("/model_version").textValue()).isEqualTo("1");
    assertThat(one.at("/outputs")).isEqualTo(two.at("/outputs"));
    assertThat(one.at("/outputs/0/shape")).hasToString("[2]");
    assertThat(one.at("/outputs/1/shape")).hasToString("[2,10]");
    assertThat(one.at("/outputs/1/data")).hasSize(20);
  }

  @Test
  void outputs_askedFor_comeAlone() throws Exception {
    String body = request("[1,64]", "[" + row(0) + "]", "\"outputs\":[{\"name\":\"label\"}],");
    JsonNode answer = json(post(start(Models.GOOD), INFER, body));
    assertThat(answer.at("/outputs")).hasSize(1);
    assertThat(answer.at("/outputs/0/name").textValue()).isEqualTo("label");
  }

  @Test
  void everyType_sentThrough_comesBackAsItWas() throws Exception {
    String[][] tensors = {
      {"bool", "BOOL", "[true,false]"},
      {"uint8", "UINT8", "[0,255]"},
      {"uint16", "UINT16", "[32768,65535]"},
      {"uint32", "UINT32", "[2147483648,4294967295]"},
      {"uint64", "UINT64", "[9223372036854775808,18446744073709551615]"},
      {"int8", "INT8", "[-128,127]"},
      {"int16", "INT16", "[-32768,32767]"},
      {"int32", "INT32", "[-2147483648,2147483647]"},
      {"int64", "INT64", "[-9223372036854775808,9223372036854775807]"},
      {"fp16", "FP16", "[65504.0,-1.5]"},
      {"fp32", "FP32", "[0.1,-1.5]"},
      {"fp64", "FP64", "[0.1,1.0E300]"},
      {"bytes", "BYTES", "[\"käse\",\"\"]"},
    };
    StringBuilder inputs = new StringBuilder();
    for (String[] tensor : tensors) {
      inputs.append(inputs.isEmpty() ? "" : ",");
      inputs.append(
          "{\"name\":\"%s\",\"datatype\":\"%s\",\"shape\":[1,2],\"data\":%s}"
              .formatted((Object[]) tensor));
    }
    OpenInferenceServer server = start(Models.fixture("every-type"));
    JsonNode answer = json(post(server, INFER, "{\"inputs\":[" + inputs + "]}"));
    assertThat(answer.at("/outputs")).hasSize(tensors.length);
    for (String[] tensor : tensors) {
      JsonNode output = null;
      for (JsonNode candidate : answer.at("/outputs")) {
        boolean same = candidate.at("/name").textValue().equals(tensor[0] + "_out");
        output = same ? candidate : output;
      }
      assertThat(output).as(tensor[0]).isNotNull();
      assertThat(output.at("/datatype").textValue()).isEqualTo(tensor[1]);
      assertThat(output.at("/data").toString()).isEqualTo(tensor[2]);
    }
  }

  @Test
  void zipMap_served_isProbabilitiesWithTheirClasses() throws Exception {
    String body =
        "{\"inputs\":[{\"name\":\"scores\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[0,9,0]}]}";
    JsonNode answer = json(post(start(Models.fixture("zipmap-strings")), INFER, body));
    assertThat(answer.at("/outputs/0/data/0").textValue()).isEqualTo("cat");
    assertThat(answer.at("/outputs/1/datatype").textValue()).isEqualTo("FP32");
    assertThat(answer.at("/outputs/1/shape")).hasToString("[1,3]");
    assertThat(answer.at("/outputs/1/parameters/classes").textValue())
        .isEqualTo("[\"cat\",\"dog\",\"eel\"]");
    assertThat(answer.at("/outputs/1/data/0").doubleValue()).isGreaterThan(0.9);
  }

  @Test
  void answer_thatIsNoNumber_isNullInJson() throws Exception {
    String body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[3],\"data\":[1,-1,0]}]}";
    HttpResponse<String> response = post(start(Models.fixture("logarithm")), INFER, body);
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(json(response).at("/outputs/0/data")).hasToString("[0.0,null,null]");
  }

  @Test
  void label_ofScoresThatAreNoNumbers_isAnError() throws Exception {
    String body =
        "{\"inputs\":[{\"name\":\"x\",\"datatype\":\"FP32\",\"shape\":[1,3],\"data\":[1,-1,2]}]}";
    HttpResponse<String> response = post(start(Models.fixture("not-a-number")), INFER, body);
    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(json(response).at("/error").textValue())
        .isEqualTo("output 'scores' data[1]: the model gave NaN, so row 0 has no label");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "GET|/|404|no such path: /",
        "GET|/v2/|404|no such path",
        "GET|/v2/models|404|no such path",
        "GET|/v2/models/digits/x|404|no such path",
        "GET|/v2/models/other|404|no model 'other'",
        "POST|/v2/models/other/infer|404|no model 'other'",
        "GET|/v2/models/digits/versions/2|404|no version '2' (expected '1')",
        "POST|/v2/models/digits/versions/2/infer|404|no version '2'",
        "GET|/v2/models/digits/infer|405|expected POST",
        "PUT|/v2/models/digits/infer|405|expected POST",
        "POST|/v2/health/live|405|expected GET",
        "DELETE|/v2/models/digits|405|expected GET",
        "POST|/v2/models/digits/infer|400|not JSON",
      })
  void request_outsideTheProtocol_isRefusedWithAnError(
      String method, String path, int status, String message) throws Exception {
    OpenInferenceServer server = start(Models.CHAMPION);
    HttpRequest request = to(server, path).method(method, BodyPublishers.ofString("no")).build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).at("/error").textValue()).contains(message);
    assertThat(response.headers().firstValue("allow").isPresent()).isEqualTo(status == 405);
  }

  /** Padded with blanks, so that it is the length alone that tells them apart. */
  @ParameterizedTest
  @CsvSource({"4095, 200", "4096, 200", "4097, 413"})
  void body_aroundTheBound_isTakenUpToIt(int length, int status) throws Exception {
    String body = request("[1,64]", "[" + row(0) + "]", "");
    String padded = body + " ".repeat(length - body.length());
    OpenInferenceServer server = start(Models.CHAMPION);
    assertThat(post(server, INFER, padded).statusCode()).isEqualTo(status);
    byte[] bytes = padded.getBytes(StandardCharsets.UTF_8);
    HttpRequest chunked =
        to(server, INFER)
            .POST(BodyPublishers.ofInputStream(() -> new java.io.ByteArrayInputStream(bytes)))
            .build();
    HttpResponse<String> response = client.send(chunked, BodyHandlers.ofString());
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(json(response).has("error")).isEqualTo(status == 413);
  }

  @Test
  void http2_withABodyAroundTheBound_isAnsweredToo() throws Exception {
    OpenInferenceServer server = start(Models.CHAMPION);
    HttpClient http2 = HttpClient.newBuilder().version(HttpClient.Version.HTTP_2).build();
    String body = request("[1,64]", "[" + row(0) + "]", "");
    for (String sent : List.of(body, body + " ".repeat(MAX_BODY))) {
      HttpRequest request = to(server, INFER).POST(BodyPublishers.ofString(sent)).build();
      HttpResponse<String> response = http2.send(request, BodyHandlers.ofString());
      assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
      assertThat(response.statusCode()).isEqualTo(sent.equals(body) ? 200 : 413);
    }
  }

  @Test
  void client_thatExpectsContinue_getsIt() throws Exception {
    HttpRequest request =
        to(start(Models.CHAMPION), INFER)
            .expectContinue(true)
            .POST(BodyPublishers.ofString(request("[1,64]", "[" + row(0) + "]", "")))
            .build();
    assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
  }

  @Test
  void client_thatLeavesInTheMiddle_harmsNobody() throws Exception {
    OpenInferenceServer server = start(Models.CHAMPION);
    try (Socket socket = new Socket("127.0.0.1", server.port())) {
      OutputStream out = socket.getOutputStream();
      String head = "POST " + INFER + " HTTP/1.1\r\nHost: a\r\nContent-Length: 500\r\n\r\n{";
      out.write(head.getBytes(StandardCharsets.US_ASCII));
      out.flush();
    }
    assertThat(get(server, "/v2/health/live").statusCode()).isEqualTo(200);
    String body = request("[1,64]", "[" + row(0) + "]", "");
    assertThat(post(server, INFER, body).statusCode()).isEqualTo(200);
  }

  @Test
  void queue_onceFull_refusesTheNextAndTakesThemAgainWhenItDrains() throws Exception {
    InferencePool pool = new InferencePool("digits", 1, 1);
    OpenInferenceServer server = start(Models.CHAMPION, pool);
    CountDownLatch busy = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    assertThat(pool.offer(() -> hold(busy, release))).isTrue();
    assertThat(busy.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(pool.offer(() -> {})).isTrue();
    String body = request("[1,64]", "[" + row(0) + "]", "");
    try {
      HttpResponse<String> refused = post(server, INFER, body);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
      assertThat(json(refused).at("/error").textValue()).contains("too many requests");
      assertThat(server.refused()).isEqualTo(1);
      assertThat(get(server, "/v2/health/live").statusCode()).isEqualTo(200);
    } finally {
      release.countDown();
    }
    CountDownLatch drained = new CountDownLatch(1);
    while (!pool.offer(drained::countDown)) {
      Thread.onSpinWait();
    }
    assertThat(drained.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(post(server, INFER, body).statusCode()).isEqualTo(200);
  }

  private static void hold(CountDownLatch busy, CountDownLatch release) {
    busy.countDown();
    try {
      release.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void requests_sideBySide_areAllAnswered() throws Exception {
    OpenInferenceServer server = start(Models.GOOD, new InferencePool("digits", 2, 200));
    HttpRequest request =
        to(server, INFER)
            .POST(BodyPublishers.ofString(request("[1,64]", "[" + row(3) + "]", "")))
            .build();
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      answers.add(client.sendAsync(request, BodyHandlers.ofString()));
    }
    String first = answers.get(0).get(30, TimeUnit.SECONDS).body();
    for (CompletableFuture<HttpResponse<String>> answer : answers) {
      assertThat(answer.get(30, TimeUnit.SECONDS).statusCode()).isEqualTo(200);
      assertThat(answer.get().body()).isEqualTo(first);
    }
  }

  @Test
  void server_onceClosed_hasFreedPortAndModel() throws Exception {
    OpenInferenceServer server = start(Models.CHAMPION);
    int port = server.port();
    assertThat(get(server, "/v2").statusCode()).isEqualTo(200);
    server.close().await(30, TimeUnit.SECONDS);
    assertThatThrownBy(
            () -> {
              try (Socket socket = new Socket("127.0.0.1", port);
                  InputStream in = socket.getInputStream()) {
                assertThat(in.read()).isNotNegative();
              }
            })
        .isInstanceOf(ConnectException.class);
    Tensor row = Tensor.of("input", new float[64], 1, 64);
    assertThatThrownBy(() -> server.model().infer(List.of(row), java.util.Set.of()))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void port_thatIsTaken_failsTheStartAndClosesTheModel() throws Exception {
    int port;
    try (java.net.ServerSocket taken = new java.net.ServerSocket(0)) {
      port = taken.getLocalPort();
      OnnxModel model = Models.load(Models.CHAMPION);
      assertThatThrownBy(
              () ->
                  OpenInferenceServer.start(vertx, model, "127.0.0.1", port)
                      .await(30, TimeUnit.SECONDS))
          .isInstanceOf(IOException.class);
      Tensor row = Tensor.of("input", new float[64], 1, 64);
      assertThatThrownBy(() -> model.infer(List.of(row), java.util.Set.of()))
          .isInstanceOf(IllegalStateException.class);
    }
  }
}
