package io.shadowsentinel.compare.format;

import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ignoring;
import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.pointing;
import static io.shadowsentinel.compare.Answers.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

public class BinaryTensorsTest {
  private static final String DOCUMENTED = fixture("open-inference/triton-binary-header.json");

  @Test
  void documentedAnswer_isDecoded_andComparesWithJson() {
    Answer binary = documented(0.25f, 0.75f, 0.5f, 0.125f, 3, 2);
    Answer json =
        ok(
            "{\"outputs\":[{\"name\":\"output0\",\"shape\":[3,2],\"datatype\":\"FP32\","
                + "\"data\":[0.25,0.75,0.5,0.125,3,2]}]}");
    Verdict same = compare(settings("open-inference"), binary, json);
    assertThat(same.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(same.rows()).isEqualTo(3);
    assertThat(same.confidenceGap()).isZero();

    Verdict differ =
        compare(settings("open-inference"), binary, documented(0.25f, 0.75f, 0.5f, 0.75f, 3, 2));
    assertThat(conflict(differ).paths()).containsExactly("/outputs/0/data/2");
    assertThat(differ.rowsAgree()).isEqualTo(2);
  }

  @Test
  void decodedData_canBePointedAtAndIgnored() {
    Answer one = documented(1, 2, 3, 4, 5, 6);
    Answer other = documented(1, 2, 3, 4, 5, 7);
    Verdict pointed = compare(pointing("open-inference", "/outputs/0/data/5", null), one, other);
    assertThat(conflict(pointed).challengerLabel()).isEqualTo("7");
    assertThat(compare(ignoring("open-inference", "/outputs/0/data"), one, other).outcome())
        .isEqualTo(Outcome.AGREE);
  }

  @ParameterizedTest
  @CsvSource({
    "BOOL, 01, true",
    "BOOL, 00, false",
    "INT8, ff, -1",
    "UINT8, ff, 255",
    "INT16, feff, -2",
    "UINT16, feff, 65534",
    "INT32, fdffffff, -3",
    "UINT32, fdffffff, 4294967293",
    "INT64, ffffffffffffff7f, 9223372036854775807",
    "INT64, 0000000000000080, -9223372036854775808",
    "UINT64, ffffffffffffffff, 18446744073709551615",
    "INT64, 0100000000000000, 1",
    "FP16, 003c, 1",
    "FP16, 00c0, -2",
    "FP16, ff7b, 65504",
    "FP16, 0100, 0.0000000596046447753906",
    "FP16, 5535, 0.333251953125",
    "BF16, 803f, 1",
    "FP32, 0000803f, 1",
    "FP64, 000000000000f03f, 1",
    "BYTES, 03000000636174, cat",
    "BYTES, 02000000c3a9, é",
    "BYTES, 01000000ff, /w==",
    "BYTES, 00000000, ''",
  })
  void everyDatatype_isDecoded(String datatype, String hex, String expected) {
    byte[] data = HexFormat.of().parseHex(hex);
    CompareSettings settings = pointing("open-inference", "/outputs/0/data", null);
    Verdict verdict =
        compare(settings, of(datatype, "[1]", data, data.length), ok(tensor("BYTES", "[\"?\"]")));
    assertThat(conflict(verdict).championLabel()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"007c", "00fc", "007e"})
  void specialHalves_areNumbersThatJsonDoesNotHave(String hex) {
    double value =
        BinaryTensors.half((short) Integer.parseInt(hex.substring(2) + hex.substring(0, 2), 16));
    assertThat(Double.isFinite(value)).isFalse();
    byte[] data = HexFormat.of().parseHex(hex);
    Answer answer = of("FP16", "[1]", data, 2);
    Answer other = of("FP16", "[1]", new byte[2], 2);
    assertThat(compare(settings("open-inference"), answer, other).outcome())
        .isEqualTo(Outcome.DISAGREE);
  }

  @Test
  void classificationStrings_areReadFromBytes() {
    byte[] data = HexFormat.of().parseHex("0a000000302e39373a323a636174");
    Verdict verdict =
        compare(
            settings("open-inference"),
            of("BYTES", "[1,1]", data, data.length),
            ok(tensor("BYTES", "[\"0.5:1:dog\"]").replace("[1]", "[1,1]")));
    assertThat(conflict(verdict).championLabel()).isEqualTo("cat");
    assertThat(conflict(verdict).championConfidence()).isEqualTo(0.97);
  }

  @ParameterizedTest
  @CsvSource({"-1", "x", "1e9", "1.5", "99999999999999999999", "''"})
  void headerLength_thatIsNone_isUnreadable(String length) {
    Answer answer = documented(1, 2, 3, 4, 5, 6).withInferenceHeaderLength(length);
    assertThat(compare(settings("open-inference"), answer, answer).outcome())
        .isEqualTo(Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @CsvSource({
    "FP32, [1], 4, 4, AGREE",
    "FP32, [1], 4, 3, INCOMPARABLE",
    "FP32, [1], 4, 5, INCOMPARABLE",
    "FP32, [1], 4, -4, INCOMPARABLE",
    "FP32, [2], 4, 4, INCOMPARABLE",
    "FP32, [1], 5, 4, INCOMPARABLE",
    "COMPLEX, [1], 4, 4, INCOMPARABLE",
    "BYTES, [1], 4, 4, AGREE",
    "BYTES, [1], 3, 3, INCOMPARABLE",
  })
  void sizesThatDoNotFit_areUnreadable(
      String datatype, String shape, int bytes, int declared, Outcome outcome) {
    Answer answer = of(datatype, shape, new byte[bytes], declared);
    assertThat(compare(settings("open-inference"), answer, answer).outcome()).isEqualTo(outcome);
  }

  @Test
  void tooManyValues_areUnreadable() {
    Answer answer = of("INT8", "[1000001]", new byte[1_000_001], 1_000_001);
    assertThat(compare(settings("open-inference"), answer, answer).outcome())
        .isEqualTo(Outcome.INCOMPARABLE);
  }

  @Test
  void lengthOfTheWholeBody_isPlainJson() {
    String json = tensor("INT64", "[1]");
    Answer answer = ok(json).withInferenceHeaderLength(Integer.toString(json.length()));
    assertThat(compare(settings("open-inference"), answer, ok(json)).outcome())
        .isEqualTo(Outcome.AGREE);
  }

  private static Verdict compare(CompareSettings settings, Answer champion, Answer challenger) {
    return Comparator.of(settings).compare(exchange(champion, challenger));
  }

  private static String tensor(String datatype, String data) {
    return "{\"outputs\":[{\"name\":\"a\",\"shape\":[1],\"datatype\":\"%s\",\"data\":%s}]}"
        .formatted(datatype, data);
  }

  private static Answer of(String datatype, String shape, byte[] data, int declared) {
    String json =
        "{\"outputs\":[{\"name\":\"a\",\"shape\":%s,\"datatype\":\"%s\",\"parameters\":{\"binary_data_size\":%d}}]}"
            .formatted(shape, datatype, declared);
    return binary(json, data);
  }

  public static Answer documented(float... values) {
    ByteBuffer data = ByteBuffer.allocate(values.length * 4).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      data.putFloat(value);
    }
    return binary(DOCUMENTED, data.array());
  }

  private static Answer binary(String json, byte[] data) {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(Answers.bytes(json));
    int header = body.size();
    body.writeBytes(data);
    return new Answer(
            Answer.Fate.COMPLETE, 200, "application/octet-stream", null, body.toByteArray(), 1)
        .withInferenceHeaderLength(Integer.toString(header));
  }
}
