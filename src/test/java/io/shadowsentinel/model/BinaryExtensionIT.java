package io.shadowsentinel.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.vertx.core.Vertx;
import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Tensors as bytes behind the JSON, either way, and what JSON alone has to say of each type. */
@Timeout(60)
class BinaryExtensionIT {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String LENGTH = "Inference-Header-Content-Length";
  private static final int MAX_BODY = 8192;

  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
  private Vertx vertx;
  private @Nullable OpenInferenceServer server;

  @BeforeEach
  void open() {
    vertx = Vertx.vertx();
  }

  @AfterEach
  void close() throws Exception {
    if (server != null) {
      server.close().await(30, TimeUnit.SECONDS);
    }
    vertx.close().await(30, TimeUnit.SECONDS);
  }

  private void start(String fixture) throws Exception {
    server =
        OpenInferenceServer.start(
                vertx,
                Models.load(Models.fixture(fixture)),
                new ServerSettings("127.0.0.1", 0, MAX_BODY, 1, 4))
            .await(30, TimeUnit.SECONDS);
  }

  private HttpResponse<byte[]> post(String json, @Nullable String length, String hex)
      throws Exception {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(json.replace('\'', '"').getBytes(UTF_8));
    body.writeBytes(HexFormat.of().parseHex(hex));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(
                URI.create("http://127.0.0.1:" + server.port() + "/v2/models/digits/infer"))
            .POST(BodyPublishers.ofByteArray(body.toByteArray()));
    if (length != null) {
      request.header(LENGTH, length);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  /** The error when there is one. */
  private static String error(HttpResponse<byte[]> response) throws Exception {
    return JSON.readTree(response.body()).path("error").asText();
  }

  private static final String TYPES =
      "bool bytes fp16 fp32 fp64 int16 int32 int64 int8 uint16 uint32 uint64 uint8";

  /** Each type's [1,2], in the bytes that Triton's clients send. */
  private static final List<String> HEX =
      List.of(
          "0001",
          "0400000061c3a462" + "00000000",
          "ff7b" + "007e",
          "0000c0bf" + "0000807f",
          "000000000000f03f" + "000000000000f8ff",
          "0080" + "ff7f",
          "00000080" + "ffffff7f",
          "0000000000000080" + "ffffffffffffff7f",
          "80" + "7f",
          "0080" + "ffff",
          "00000080" + "ffffffff",
          "0000000000000080" + "ffffffffffffffff",
          "80" + "ff");

  @Test
  void everyType_sentAsBytes_comesBackAsTheSameBytes() throws Exception {
    start("every-type");
    StringBuilder inputs = new StringBuilder();
    String[] names = TYPES.split(" ");
    for (int i = 0; i < names.length; i++) {
      inputs.append(i == 0 ? "" : ",");
      inputs.append(
          "{'name':'%s','datatype':'%S','shape':[1,2],'parameters':{'binary_data_size':%d}}"
              .formatted(names[i], names[i], HEX.get(i).length() / 2));
    }
    String json =
        "{'parameters':{'binary_data_output':true},'inputs':["
            + inputs
            + "],'outputs':["
            + Arrays.stream(names)
                .map(name -> "{'name':'" + name + "_out'}")
                .collect(java.util.stream.Collectors.joining(","))
            + "]}";
    HttpResponse<byte[]> response = post(json, String.valueOf(json.length()), String.join("", HEX));
    assertThat(response.statusCode()).as("%s", new String(response.body(), UTF_8)).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type")).contains("application/octet-stream");
    int length = Integer.parseInt(response.headers().firstValue(LENGTH).orElseThrow());
    JsonNode outputs = JSON.readTree(response.body(), 0, length).at("/outputs");
    int at = length;
    for (int i = 0; i < names.length; i++) {
      JsonNode output = outputs.get(i);
      assertThat(output.has("data")).isFalse();
      int size = output.at("/parameters/binary_data_size").intValue();
      assertThat(HexFormat.of().formatHex(response.body(), at, at + size))
          .as(names[i])
          .isEqualTo(HEX.get(i));
      at += size;
    }
    assertThat(at).isEqualTo(response.body().length);
  }

  /** The model writes down what it takes its inputs for, which no mistake on the way can repeat. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "uint8|0,127,128,255",
        "uint16|0,32767,32768,40000,65535",
        "uint32|0,2147483647,2147483648,4000000000,4294967295",
        "uint64|0,9223372036854775807,9223372036854775808,18446744073709551615",
      })
  void unsigned_sentAsJson_isToTheModelWhatItSays(String type, String values) throws Exception {
    start("spelled");
    StringBuilder inputs = new StringBuilder();
    for (String name : List.of("uint8", "uint16", "uint32", "uint64")) {
      boolean same = name.equals(type);
      inputs.append(inputs.isEmpty() ? "" : ",");
      inputs.append(
          "{'name':'%s','datatype':'%S','shape':[%d],'data':[%s]}"
              .formatted(name, name, same ? values.split(",").length : 0, same ? values : ""));
    }
    HttpResponse<byte[]> response =
        post("{'inputs':[" + inputs + "],'outputs':[{'name':'" + type + "_out'}]}", null, "");
    assertThat(response.statusCode()).as("%s", new String(response.body(), UTF_8)).isEqualTo(200);
    JsonNode data = JSON.readTree(response.body()).at("/outputs/0/data");
    assertThat(data).hasToString("[\"" + values.replace(",", "\",\"") + "\"]");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"true|false|1", "false|true|2", "true|true|0"})
  void outputs_saidByName_areAsBytesOrNot(boolean byDefault, boolean second, int inJson)
      throws Exception {
    start("probabilities-only");
    String json =
        "{'parameters':{'binary_data_output':%s},'inputs':[{'name':'scores','datatype':'FP32',"
            + "'shape':[1,3],'data':[0,1,2]}],'outputs':[{'name':'probabilities'},"
            + "{'name':'label','parameters':{'binary_data':%s}}]}";
    HttpResponse<byte[]> response = post(json.formatted(byDefault, second), null, "");
    int length = Integer.parseInt(response.headers().firstValue(LENGTH).orElseThrow());
    JsonNode outputs = JSON.readTree(response.body(), 0, length).at("/outputs");
    assertThat(outputs.get(0).has("data")).isEqualTo(!byDefault);
    assertThat(outputs.get(1).has("data")).isEqualTo(!second);
    assertThat(outputs.at("/0/parameters/classes").textValue()).contains("eel");
    int behind = (byDefault ? 12 : 0) + (second ? 4 + "eel".length() : 0);
    assertThat(response.body().length - length).isEqualTo(behind);
    assertThat(inJson).isEqualTo((byDefault ? 0 : 2) + (second ? 0 : 1));
  }

  private static final String SCORES =
      "{'name':'scores','datatype':'FP32','shape':[1,3],'parameters':{'binary_data_size':%s}}";

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "x   | 12 | 000000000000000000000000 | Inference-Header-Content-Length: x (expected 0..",
        "-1  | 12 | 000000000000000000000000 | Inference-Header-Content-Length: -1 (expected",
        "999 | 12 | 000000000000000000000000 | Inference-Header-Content-Length: 999 (expected",
        "10  | 12 | 000000000000000000000000 | not JSON",
        "    | 12 |                          | expected Inference-Header-Content-Length too",
        "0   | 12 | 000000000000000000000000 | the body is no JSON object",
        "ok  | 11 | 0000000000000000000000   | binary data: 11 bytes (expected 12)",
        "ok  | 12 | 0000000000000000000000   | expected at most the 11 bytes that are left",
        "ok  | 12 | 00000000000000000000000000 | 1 bytes behind the data of the last input",
        "ok  | -1 | 000000000000000000000000 | binary_data_size: -1 (expected a number of bytes)",
        "ok  | 1.5 | 000000000000000000000000 | binary_data_size: 1.5 (expected a number of bytes)",
        "ok  | `12` | 000000000000000000000000 | binary_data_size: \"12\" (expected a number",
      })
  void bytes_thatAreNotAsSaid_areRefusedByPlace(
      @Nullable String length, String size, @Nullable String hex, String message) throws Exception {
    start("probabilities-only");
    String json = "{'inputs':[" + SCORES.formatted(size.replace('`', '\'')) + "]}";
    String told = "ok".equals(length) ? String.valueOf(json.length()) : length;
    HttpResponse<byte[]> response = post(json, told, hex == null ? "" : hex);
    assertThat(response.statusCode()).isEqualTo(400);
    assertThat(error(response)).contains(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "010000006100000000 | 200 |",
        "01000000610000 | 400 | 'bytes' binary data: 7 bytes (expected 2 strings",
        "ffffffff00000000 | 400 | 'bytes' binary data: string 0 is cut off",
        "0100000061ffffff7f | 400 | 'bytes' binary data: string 1 is cut off",
        "01000000ff00000000 | 400 | 'bytes' binary data: string 0 is not UTF-8",
        "00000000000000001122 | 400 | 'bytes' binary data: 2 bytes behind the last string",
      })
  void strings_asBytes_areTakenWhenWhole(String hex, int status, @Nullable String message)
      throws Exception {
    start("every-type");
    StringBuilder inputs = new StringBuilder();
    for (String name : TYPES.split(" ")) {
      boolean text = name.equals("bytes");
      String zeros = name.equals("bool") ? "[false,false]" : "[0,0]";
      inputs.append(inputs.isEmpty() ? "" : ",");
      inputs.append("{'name':'%s','datatype':'%S','shape':[1,2],".formatted(name, name));
      inputs.append(
          text
              ? "'parameters':{'binary_data_size':" + hex.length() / 2 + "}}"
              : "'data':" + zeros + "}");
    }
    String json = "{'inputs':[" + inputs + "],'outputs':[{'name':'bytes_out'}]}";
    HttpResponse<byte[]> response = post(json, String.valueOf(json.length()), hex);
    assertThat(response.statusCode()).isEqualTo(status);
    if (message == null) {
      assertThat(JSON.readTree(response.body()).at("/outputs/0/data")).hasToString("[\"a\",\"\"]");
    } else {
      assertThat(error(response)).contains(message);
    }
  }

  @Test
  void rows_none_areAnsweredWithNone() throws Exception {
    start("zipmap-strings");
    String none = "{'inputs':[{'name':'scores','datatype':'FP32','shape':[0,3],'data':[]}]}";
    HttpResponse<byte[]> response = post(none, null, "");
    assertThat(response.statusCode()).as("%s", new String(response.body(), UTF_8)).isEqualTo(200);
    JsonNode answer = JSON.readTree(response.body());
    assertThat(answer.at("/outputs/0/shape")).hasToString("[0]");
    assertThat(answer.at("/outputs/0/data")).hasToString("[]");
    assertThat(answer.at("/outputs/1/data")).hasToString("[]");
  }

  @Test
  void rowsNone_ofAModelWhoseLabelIsMadeHere_areAnsweredWithNone() throws Exception {
    start("probabilities-only");
    String none = "{'inputs':[{'name':'scores','datatype':'FP32','shape':[0,3],'data':[]}]}";
    JsonNode answer = JSON.readTree(post(none, null, "").body());
    assertThat(answer.at("/outputs/0/shape")).hasToString("[0,3]");
    assertThat(answer.at("/outputs/1/shape")).hasToString("[0]");
  }

  @ParameterizedTest
  @CsvSource({"2, 0, '', 200", "2, 1, '1,2', 400"})
  void size_thatIsAlwaysZero_isTakenAsSuch(int rows, int columns, String data, int status)
      throws Exception {
    start("nothing");
    String json = "{'inputs':[{'name':'x','datatype':'FP32','shape':[%d,%d],'data':[%s]}]}";
    HttpResponse<byte[]> response = post(json.formatted(rows, columns, data), null, "");
    assertThat(response.statusCode()).isEqualTo(status);
    assertThat(status == 200 || error(response).contains("shape: [2, 1] (expected [-1, 0])"))
        .isTrue();
  }

  @Test
  void tensors_overTheMemoryForRequests_areRefusedAndGivenBack() throws Exception {
    start("sum");
    String row = "{'name':'%s','datatype':'FP64','shape':[%d,2],'data':[%s]}";
    String many = "0,".repeat(2 * 950) + "0,0";
    String big =
        "{'inputs':[" + row.formatted("a", 951, many) + "," + row.formatted("b", 951, many);
    assertThat(big.length()).isLessThan(MAX_BODY);
    for (int i = 0; i < 3; i++) {
      HttpResponse<byte[]> refused = post(big + "]}", null, "");
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("retry-after")).contains("1");
    }
    String small =
        "{'inputs':[" + row.formatted("a", 1, "1,2") + "," + row.formatted("b", 1, "3,4");
    assertThat(post(small + "]}", null, "").statusCode()).isEqualTo(200);
  }
}
