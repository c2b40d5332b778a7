package io.shadowsentinel.model;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RequestReaderTest {

  private static final RequestReader READER = reader(DataType.FP32);

  private static RequestReader reader(DataType type) {
    TensorSpec input = new TensorSpec("x", type, List.of(-1L, 2L), List.of("batch", ""), null);
    TensorSpec output = new TensorSpec("y", type, List.of(-1L), List.of("batch"), null);
    return new RequestReader(List.of(input), List.of(output));
  }

  private static InferenceRequest read(RequestReader reader, String json) {
    byte[] body = json.replace('\'', '"').getBytes(StandardCharsets.UTF_8);
    return reader.read(body, null, bytes -> true);
  }

  private static String request(String datatype, String shape, String data) {
    return "{'inputs':[{'name':'x','datatype':'%s','shape':%s,'data':%s}]}"
        .formatted(datatype, shape, data);
  }

  @ParameterizedTest
  @ValueSource(strings = {"[1,2,3,4]", "[[1,2],[3,4]]"})
  void data_nestedOrFlat_readsTheSame(String data) {
    InferenceRequest request = read(READER, request("FP32", "[2,2]", data));
    assertThat((float[]) request.inputs().get(0).values()).containsExactly(1, 2, 3, 4);
    assertThat(request.inputs().get(0).shape()).containsExactly(2L, 2L);
    assertThat(request.id()).isNull();
    assertThat(request.outputs()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "nonsense | not JSON: line 1",
        "{} x | not JSON: line 1",
        "`` | the body is no JSON object",
        "[] | the body is no JSON object",
        "{'id':1,'inputs':[]} | id: 1 (expected a string)",
        "{} | inputs: missing",
        "{'inputs':{}} | inputs: missing",
        "{'inputs':[]} | inputs: 'x' is missing",
        "{'inputs':[1]} | inputs[0].name: missing",
        "{'inputs':[{'name':'z'}]} | inputs[0].name: 'z' (expected one of [x])",
        "{'inputs':[],'inputs':[]} | not JSON",
        "{'inputs':[{'name':'x'}]} | input 'x' datatype: missing (expected \"FP32\")",
      })
  void body_thatIsNoRequest_isRefusedByPlace(String body, String message) {
    assertThatThrownBy(() -> read(READER, body))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "FP64 | [1,2]     | [1,2]       | datatype: \"FP64\" (expected \"FP32\")",
        "FP32 | 2         | [1,2]       | shape: missing",
        "FP32 | [2]       | [1,2]       | shape: [2] (expected [-1, 2])",
        "FP32 | [1,3]     | [1,2,3]     | shape: [1, 3] (expected [-1, 2])",
        "FP32 | [0,2]     | [1]         | data: 1 values (expected 0 for shape [0, 2])",
        "FP32 | [-1,2]    | [1,2]       | expected sizes, integers from 0 on",
        "FP32 | [1.5,2]   | [1,2]       | expected sizes, integers from 0 on",
        "FP32 | [9e9,2]   | [1,2]       | expected sizes, integers from 0 on",
        "FP32 | [8223372036854775807,2] | [1,2] | no more values than are in data",
        "FP32 | [1,2]     | [1]         | data: 1 values (expected 2 for shape [1, 2])",
        "FP32 | [1,2]     | [1,2,3]     | data: 3 values (expected 2 for shape [1, 2])",
        "FP32 | [1,2]     | 1           | data: no array",
        "FP32 | [1,2]     | [[1,2],[3]] | data: 3 values",
        "FP32 | [2,2]     | [[1,2],3,4] | data: not nested as shape [2, 2] says, at value 2",
        "FP32 | [2,2]     | [1,2,[3,4]] | data[2]: [3,4] (expected a finite FP32 number)",
        "FP32 | [2,2]     | [[1,2,3,4]] | data: not nested as shape [2, 2] says, at value 2",
        "FP32 | [1,2]     | [[[1],2]]   | data[0]: [1] (expected a finite FP32 number)",
        "FP32 | [2,2]     | [[1,2,3],[4]] | data: not nested as shape [2, 2] says, at value 2",
        "FP32 | [1,2]     | [1,[2]]     | data[1]: [2] (expected a finite FP32 number)",
        "FP32 | [1,2]     | [1,null]    | data[1]: null (expected a finite FP32 number)",
        "FP32 | [1,2]     | [1,true]    | data[1]: true (expected a finite FP32 number)",
        "FP32 | [1,2]     | [1,1e39]    | data[1]: 1.0E39 (expected a finite FP32 number)",
        "FP32 | [1,2]     | [1,NaN]     | not JSON",
      })
  void tensor_thatIsNotAsDeclared_isRefusedByPlace(
      String datatype, String shape, String data, String message) {
    assertThatThrownBy(() -> read(READER, request(datatype, shape, data)))
        .isInstanceOf(InvalidRequestException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @CsvSource({
    "INT8, -128, 127",
    "UINT8, 0, 255",
    "UINT16, 0, 65535",
    "UINT32, 0, 4294967295",
    "UINT64, 0, 18446744073709551615",
    "INT16, -32768, 32767",
    "INT32, -2147483648, 2147483647",
    "INT64, -9223372036854775808, 9223372036854775807",
  })
  void integer_atItsTypesEnds_isTakenAndBeyondRefused(DataType type, String low, String high) {
    RequestReader reader = reader(type);
    String ends = "[" + low + "," + high + "]";
    Tensor tensor = read(reader, request(type.name(), "[1,2]", ends)).inputs().get(0);
    assertThat(List.of(tensor.text(0), tensor.text(1))).containsExactly(low, high);
    String below = new java.math.BigInteger(low).subtract(java.math.BigInteger.ONE).toString();
    String above = new java.math.BigInteger(high).add(java.math.BigInteger.ONE).toString();
    for (String value : List.of(below, above, "1.5", "'1'")) {
      assertThatThrownBy(() -> read(reader, request(type.name(), "[1,2]", "[1," + value + "]")))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessageContaining("data[1]: ")
          .hasMessageContaining("expected an integer from " + low + " to " + high);
    }
  }

  @ParameterizedTest
  @CsvSource({"65504, true", "-65504, true", "65520, false", "1e-8, true"})
  void half_aroundItsLargestNumber_isTakenUpToIt(String value, boolean fits) {
    TensorBuilder values = new TensorBuilder(DataType.FP16, 1);
    assertThat(values.addText(value)).isEqualTo(fits);
    assertThat(values.size()).isEqualTo(fits ? 1 : 0);
  }

  @ParameterizedTest
  @CsvSource({
    "INT64, 9223372036854775807, true",
    "INT64, 9223372036854775808, false",
    "UINT64, 9223372036854775808, true",
    "UINT64, 18446744073709551615, true",
    "UINT64, 18446744073709551616, false",
    "UINT64, 1e19, true",
    "UINT64, 1.8446744073709551616e19, false",
    "UINT64, -1, false",
    "UINT32, 4294967295.0, true",
  })
  void integer_asText_keepsEveryDigit(DataType type, String text, boolean fits) {
    TensorBuilder values = new TensorBuilder(type, 1);
    assertThat(values.addText(text)).isEqualTo(fits);
    if (fits) {
      String kept = values.tensor("x", List.of(1L)).text(0);
      assertThat(new java.math.BigDecimal(kept)).isEqualByComparingTo(text);
    }
  }

  @Test
  void document_ofManySmallThings_isRefusedBeforeATreeOfThem() {
    for (String many : List.of("'parameters':[%s0]", "'x':{%s'':0}", "'inputs':[%s1]")) {
      boolean names = many.startsWith("'x'");
      StringBuilder things = new StringBuilder();
      for (int i = 0; i < RequestDocument.MAX_VALUES; i++) {
        things.append(names ? "'" + i + "':0," : "0,");
      }
      assertThatThrownBy(() -> read(READER, "{" + many.formatted(things) + "}"))
          .isInstanceOf(InvalidRequestException.class)
          .hasMessage("more than 10000 values beside the data of the inputs");
    }
  }

  @Test
  void data_forWhichThereIsNoRoom_isNotRead() {
    byte[] body = request("FP32", "[2,2]", "[1,2,3,4]").replace('\'', '"').getBytes(UTF_8);
    assertThat(READER.read(body, null, bytes -> bytes <= 16).inputs()).hasSize(1);
    assertThatThrownBy(() -> READER.read(body, null, bytes -> bytes < 16))
        .isInstanceOf(NoRoomException.class);
  }

  @Test
  void data_beforeItsShapeAndBehindAByteOrderMark_isRead() {
    String json = "\uFEFF{'inputs':[{'data':[[1,2]],'shape':[1,2],'datatype':'FP32','name':'x'}]}";
    assertThat((float[]) read(READER, json).inputs().get(0).values()).containsExactly(1, 2);
  }

  @Test
  void valueOfOtherType_forBoolOrText_isRefused() {
    assertThatThrownBy(() -> read(reader(DataType.BOOL), request("BOOL", "[1,2]", "[true,1]")))
        .hasMessageContaining("data[1]: 1 (expected true or false)");
    assertThatThrownBy(() -> read(reader(DataType.BYTES), request("BYTES", "[1,2]", "['a',1]")))
        .hasMessageContaining("data[1]: 1 (expected a string)");
    assertThatThrownBy(() -> read(reader(DataType.FP64), request("FP64", "[1,2]", "[1,1e999]")))
        .hasMessageContaining("expected a finite FP64 number");
  }

  @Test
  void rows_ofTwoInputsThatShareADimension_mustBeAsMany() throws Exception {
    try (OnnxModel model = Models.load(Models.fixture("sum"))) {
      RequestReader reader = new RequestReader(model.inputs(), model.outputs());
      String body =
          "{'inputs':[{'name':'a','datatype':'FP64','shape':[1,2],'data':[1,2]},"
              + "{'name':'b','datatype':'FP64','shape':[2,2],'data':[1,2,3,4]}]}";
      assertThatThrownBy(() -> read(reader, body))
          .hasMessage("input 'b' shape: [2, 2] (expected [-1, 2], with 1 for every 'batch')");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{}|outputs: no array",
        "[{'name':'z'}]|outputs[0].name: 'z' (expected one of [y])",
        "[{'name':'y'},{'name':'y'}]|outputs[1].name: 'y' comes twice",
        "[{}]|outputs[0].name: missing",
      })
  void outputs_thatTheModelHasNot_areRefused(String outputs, String message) {
    String body = "{'outputs':" + outputs + "," + request("FP32", "[1,2]", "[1,2]").substring(1);
    assertThatThrownBy(() -> read(READER, body)).hasMessageContaining(message);
  }

  @Test
  void input_thatComesTwice_isRefused() {
    String input = "{'name':'x','datatype':'FP32','shape':[1,2],'data':[1,2]}";
    assertThatThrownBy(() -> read(READER, "{'inputs':[" + input + "," + input + "]}"))
        .hasMessage("inputs[1].name: 'x' comes twice");
  }
}
