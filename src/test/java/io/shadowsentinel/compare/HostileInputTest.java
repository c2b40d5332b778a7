package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.ok;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.format.BinaryTensorsTest;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.compare.stream.ContentDecoderTest;
import io.shadowsentinel.exchange.Answer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever an upstream sends, a comparison ends in an outcome, in bounded time and memory. */
class HostileInputTest {
  private static final long SEED = 42;
  private static final List<String> FIXTURES = fixtures();
  private static final List<String> SNIPPETS =
      List.of(
          "NaN",
          "null",
          "{}",
          "[]",
          "1e999",
          "1e1000",
          "-",
          "\"",
          "\\u0000",
          "\\ud800",
          "[[",
          "}}",
          "9".repeat(2_000),
          "0.0000000000000000000001",
          "-1",
          "true",
          ",",
          ":",
          "\u0000",
          "é",
          "{\"a\":1,\"a\":2}",
          "[".repeat(2_000),
          "99999999999999999999",
          "\"data\":",
          "Infinity",
          "-Infinity",
          "\"start\":",
          "\"label\":",
          "\n",
          "\"\"",
          "0:0:",
          "1e-999");

  private final List<Comparator> comparators = comparators(true);

  @Test
  @Timeout(120)
  void mutatedFixtures_endInAnOutcome() {
    Random random = new Random(SEED);
    for (int i = 0; i < 10_000; i++) {
      byte[] body = Answers.bytes(fixture(FIXTURES.get(random.nextInt(FIXTURES.size()))));
      byte[] mutated = body;
      for (int n = 1 + random.nextInt(3); n > 0; n--) {
        mutated = mutate(mutated, random);
      }
      check(body, mutated, i);
      check(mutated, i % 2 == 0 ? body : mutate(mutated, random), i);
    }
  }

  @Test
  @Timeout(120)
  void mutatedBinaryTensors_endInAnOutcome() {
    Random random = new Random(SEED);
    Answer whole = BinaryTensorsTest.documented(1, 2, 3, 4, 5, 6);
    Comparator comparator = Comparator.of(Answers.settings("open-inference"));
    for (int i = 0; i < 5_000; i++) {
      byte[] body = mutate(whole.body(), random);
      Answer mutated =
          new Answer(Answer.Fate.COMPLETE, 200, null, null, body, 1)
              .withInferenceHeaderLength(
                  random.nextInt(4) == 0
                      ? Integer.toString(random.nextInt(body.length + 2) - 1)
                      : whole.inferenceHeaderLength());
      assertThat(comparator.compare(exchange(whole, mutated)).outcome())
          .as("case %d", i)
          .isNotEqualTo(Outcome.INCOMPARABLE);
      assertThat(comparator.compare(exchange(mutated, mutated)).outcome())
          .as("case %d", i)
          .isIn(Outcome.AGREE, Outcome.INCOMPARABLE);
    }
  }

  @Test
  @Timeout(60)
  void spansAtOnePlace_andManyArguments_takeNoMoreThanTheirLength() {
    String span = "{\"entity\":\"A\",\"start\":0,\"end\":1},";
    byte[] spans = Answers.bytes("[" + span.repeat(60_000) + span.replace(",$", "") + "{}]");
    byte[] alike = Answers.bytes("[" + span.repeat(60_000).replaceAll(",$", "") + "]");
    check(spans, alike, 0);
    check(alike, Answers.bytes(" " + new String(alike, StandardCharsets.UTF_8)), 1);
    String call = "{\"function\":{\"name\":\"f\",\"arguments\":\"" + "[{},".repeat(200) + "\"}},";
    String calls = call.repeat(5_000);
    byte[] chat =
        Answers.bytes(
            "{\"choices\":[{\"message\":{\"tool_calls\":["
                + calls.substring(0, calls.length() - 1)
                + "]}}]}");
    check(chat, Answers.bytes(" " + new String(chat, StandardCharsets.UTF_8)), 2);
    check(Answers.bytes("\"".repeat(200_001)), Answers.bytes("a,\"[" + "1,".repeat(400_000)), 3);
    check(Answers.bytes(",".repeat(1_100_000)), Answers.bytes("1\n".repeat(600_000)), 4);
  }

  @Test
  @Timeout(120)
  void randomDocuments_endInAnOutcome_andAgreeWithThemselves() {
    Random random = new Random(SEED);
    for (int i = 0; i < 3_000; i++) {
      StringBuilder text = new StringBuilder();
      randomValue(random, 5, text);
      String wrapped =
          switch (random.nextInt(3)) {
            case 0 -> text.toString();
            case 1 -> "{\"predictions\":" + text + "}";
            default ->
                "{\"outputs\":[{\"name\":\"a\",\"datatype\":\"FP32\",\"shape\":[1,2],\"data\":"
                    + text
                    + "}]}";
          };
      byte[] body = Answers.bytes(wrapped);
      byte[] spaced = Answers.bytes(" " + wrapped);
      for (Comparator comparator : comparators(false)) {
        Verdict verdict = comparator.compare(exchange(ok(body, null), ok(spaced, null)));
        assertThat(verdict.outcome())
            .as("case %d: %s", i, wrapped)
            .isIn(Outcome.AGREE, Outcome.INCOMPARABLE);
      }
      check(body, mutate(body, random), i);
    }
  }

  @Test
  @Timeout(120)
  void mutatedEncodings_endInAnOutcome() throws IOException {
    Random random = new Random(SEED);
    byte[] plain = Answers.bytes(fixture("kserve-v1/tensorflow-flowers.json"));
    byte[] gzip = ContentDecoderTest.gzip(plain);
    byte[] deflate = ContentDecoderTest.deflate(plain, true);
    for (int i = 0; i < 4_000; i++) {
      boolean gzipped = random.nextBoolean();
      Answer challenger =
          ok(mutate(gzipped ? gzip : deflate, random), gzipped ? "gzip" : "deflate");
      for (Comparator comparator : comparators) {
        assertThatCode(() -> comparator.compare(exchange(ok(plain, null), challenger)))
            .as("case %d", i)
            .doesNotThrowAnyException();
      }
    }
  }

  @Test
  @Timeout(60)
  void bombs_areTheFaultOfWhoSendsThem() throws IOException {
    byte[] bomb = bomb(200 * 1024 * 1024);
    for (String format : Formats.names()) {
      Comparator comparator = Comparator.of(Answers.settings(format));
      Answer good = ok(fixture(good(format)));
      assertThat(comparator.compare(exchange(good, good)).outcome()).isEqualTo(Outcome.AGREE);
      assertThat(comparator.compare(exchange(good, ok(bomb, "gzip"))).outcome())
          .isEqualTo(Outcome.CHALLENGER_ERROR);
      assertThat(comparator.compare(exchange(ok(bomb, "gzip"), good)).outcome())
          .isEqualTo(Outcome.INCOMPARABLE);
    }
  }

  @Test
  @Timeout(60)
  void bigButLegal_documents_end() {
    List<String> bodies = new ArrayList<>();
    bodies.add("{\"predictions\":[" + "[0],".repeat(250_000) + "[0]]}");
    bodies.add("{\"predictions\":[" + "1e998,".repeat(170_000) + "1e-998]}");
    bodies.add("{\"predictions\":[" + ("1".repeat(999) + ",").repeat(1_000) + "1]}");
    StringBuilder keys = new StringBuilder("{\"predictions\":{");
    for (int i = 0; i < 60_000; i++) {
      keys.append("\"k").append(i).append("\":0.5,");
    }
    bodies.add(keys.append("\"k\":1}}").toString());
    bodies.add("{\"predictions\":" + "[".repeat(490) + "0.5" + "]".repeat(490) + "}");
    for (String body : bodies) {
      byte[] ours = Answers.bytes(body);
      byte[] theirs = Answers.bytes(body.replace("0.5", "0.6").replace("1e998", "2e998"));
      check(ours, theirs, bodies.indexOf(body));
    }
  }

  @Test
  @Timeout(60)
  void keysOfOneHash_areNoAttack() {
    StringBuilder text = new StringBuilder("{");
    for (int i = 0; i < 1 << 14; i++) {
      text.append('"');
      for (int bit = 0; bit < 14; bit++) {
        text.append((i >> bit & 1) == 0 ? "Aa" : "BB");
      }
      text.append("\":0,");
    }
    String body = text.append("\"z\":0}").toString();
    assertThat(body.substring(2, 4).hashCode()).isEqualTo("BB".hashCode());
    check(Answers.bytes(body), Answers.bytes(" " + body), 0);
  }

  private static String good(String format) {
    return FIXTURES.stream()
        .filter(file -> file.startsWith(format + "/") && !file.contains("as-printed"))
        .findFirst()
        .orElse("kserve-v1/sklearn-iris.json");
  }

  /** Every answer of the documentation there is, and those of it that are broken as printed. */
  private static List<String> fixtures() {
    List<String> files = new ArrayList<>();
    DocumentedAnswersTest.TABLE
        .lines()
        .map(line -> line.split(", ", 3))
        .forEach(cells -> files.add(cells[0] + "/" + cells[1]));
    files.addAll(
        List.of(
            "open-inference/specification.json",
            "open-inference/specification-as-printed.txt",
            "open-inference/triton-binary-header.json",
            "kserve-v1/lightgbm-iris.json",
            "kserve-v1/pmml-iris.json"));
    return files;
  }

  private void check(byte[] champion, byte[] challenger, int number) {
    List<Comparator> all = new ArrayList<>(comparators);
    all.add(Comparator.of(Answers.settings("auto")));
    for (Comparator comparator : all) {
      Verdict verdict = comparator.compare(exchange(ok(champion, null), ok(challenger, null)));
      boolean conflicts =
          verdict.outcome() == Outcome.DISAGREE || verdict.outcome() == Outcome.CHALLENGER_ERROR;
      assertThat(verdict.conflict() != null).as("case %d", number).isEqualTo(conflicts);
      assertThat(verdict.rowsAgree()).as("case %d", number).isBetween(0, verdict.rows());
      if (!Double.isNaN(verdict.confidenceGap())) {
        assertThat(verdict.confidenceGap()).as("case %d", number).isBetween(0.0, 1.0);
      }
      if (verdict.outcome() == Outcome.AGREE) {
        assertThat(verdict.rowsAgree()).as("case %d", number).isEqualTo(verdict.rows());
      }
    }
  }

  private static byte[] mutate(byte[] body, Random random) {
    int at = body.length == 0 ? 0 : random.nextInt(body.length);
    byte[] result = body.clone();
    switch (random.nextInt(5)) {
      case 0 -> {
        return Arrays.copyOf(body, at);
      }
      case 1 -> {
        if (body.length > 0) {
          result[at] = (byte) random.nextInt(256);
        }
        return result;
      }
      case 2 -> {
        return join(body, at, Answers.bytes(SNIPPETS.get(random.nextInt(SNIPPETS.size()))), at);
      }
      case 3 -> {
        return join(body, at, new byte[0], Math.min(body.length, at + 1 + random.nextInt(8)));
      }
      default -> {
        int end = Math.min(body.length, at + 1 + random.nextInt(40));
        return join(body, end, Arrays.copyOfRange(body, at, end), end);
      }
    }
  }

  private static byte[] join(byte[] body, int until, byte[] middle, int from) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(body, 0, until);
    out.writeBytes(middle);
    out.write(body, from, body.length - from);
    return out.toByteArray();
  }

  private static void randomValue(Random random, int depth, StringBuilder text) {
    switch (random.nextInt(depth == 0 ? 6 : 10)) {
      case 0 -> text.append(random.nextInt());
      case 1 -> text.append(random.nextDouble());
      case 2 -> text.append(random.nextGaussian() * 1e30);
      case 3 -> text.append(random.nextBoolean());
      case 4 -> text.append("null");
      case 5 -> text.append('"').append(Integer.toString(random.nextInt(), 36)).append('"');
      case 6, 7, 8 -> {
        text.append('[');
        for (int i = random.nextInt(5); i > 0; i--) {
          randomValue(random, depth - 1, text);
          text.append(i > 1 ? "," : "");
        }
        text.append(']');
      }
      default -> {
        List<String> names = List.of("label", "score", "data", "probabilities", "prediction");
        text.append('{');
        for (int i = random.nextInt(5); i > 0; i--) {
          text.append('"').append(names.get(i)).append("\":");
          randomValue(random, depth - 1, text);
          text.append(i > 1 ? "," : "");
        }
        text.append('}');
      }
    }
  }

  /**
   * @param text whether with those to which a space is a difference
   */
  private static List<Comparator> comparators(boolean text) {
    List<Comparator> comparators = new ArrayList<>();
    for (String format : Formats.names()) {
      if (format.equals("text") && !text) {
        continue;
      }
      comparators.add(Comparator.of(Answers.settings(format)));
      comparators.add(
          Comparator.of(
              new CompareSettings(
                  format,
                  null,
                  JsonPointer.compile("/predictions/*/score"),
                  List.of("/id", "/outputs/*/data/0", "/*/1"),
                  0.001,
                  0.5)));
    }
    comparators.add(Comparator.of(Answers.pointing("json", "/predictions/*/label", null)));
    return comparators;
  }

  private static byte[] bomb(int zeros) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(out)) {
      byte[] block = new byte[1 << 16];
      Arrays.fill(block, (byte) ' ');
      for (int written = 0; written < zeros; written += block.length) {
        gzip.write(block);
      }
    }
    return out.toByteArray();
  }
}
