package io.shadowsentinel.compare.json;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Jackson has the last word: what is read quickly is what Jackson reads, to the last digit. */
class QuickJsonTest {
  private static final JsonReader JACKSON = new JsonReader(null);
  private static final String BREAKING = "{}[]\",:0123456789.eE+-tfn \\u\t\n\u00e4/x";

  private static @Nullable Json quick(byte[] bytes) {
    return QuickJson.read(bytes, null);
  }

  /** All of a tree, told apart where records of arrays are not. */
  static String shown(Json json) {
    StringBuilder all = new StringBuilder();
    show(json, all);
    return all.toString();
  }

  private static void show(Json json, StringBuilder to) {
    if (json instanceof Json.Members members) {
      to.append('{');
      members
          .byName()
          .forEach(
              (name, value) -> {
                to.append(name).append('=');
                show(value, to);
                to.append(';');
              });
      to.append('}');
    } else if (json instanceof Json.Items items) {
      to.append(items.getClass().getSimpleName()).append('[');
      for (int i = 0; i < items.size(); i++) {
        show(items.get(i), to);
        to.append(';');
      }
      to.append(']');
    } else if (json instanceof Json.Num number) {
      to.append(Double.doubleToRawLongBits(number.value())).append('~').append(number.text());
    } else if (json instanceof Json.Ignored ignored) {
      to.append("ignored(");
      show(ignored.hidden(), to);
      to.append(')');
    } else {
      to.append(json);
    }
  }

  /** Holds one to the other; true when the bytes were read quickly. */
  static boolean agrees(byte[] bytes) {
    String document = new String(bytes, UTF_8);
    try {
      JsonReader.requireUtf8(bytes);
      Json read = quick(bytes);
      if (read == null) {
        return false;
      }
      assertThat(shown(read)).as(document).isEqualTo(shown(JACKSON.parse(bytes)));
      return true;
    } catch (UnreadableException e) {
      assertThat(e.reason()).as("taken, and refused by Jackson: " + document).contains("UTF-8");
      return false;
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        " [ ] ",
        "\t{\r\n}\n",
        "0",
        "-0",
        "-0.0",
        "1e5",
        "1E+5",
        "1e-5",
        "1e0",
        "1e007",
        "0.1",
        "-12.5e-3",
        "123456789012345",
        "999999999999999",
        "1000000000000000",
        "1234567890123456789012345678901234567890",
        "0.1234567890123456789",
        "0.9123456716537476",
        "9007199254740993",
        "1e22",
        "1e23",
        "123e22",
        "1e-22",
        "1e-23",
        "1e308",
        "1e309",
        "4.9e-324",
        "2.2250738585072011e-308",
        "1e-999",
        "0e999",
        "0.000000000000000000000000000000000001",
        "true",
        "false",
        "null",
        "\"\"",
        "\"a\"",
        "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
        "\"\\u0041\\u00e4\\uD83D\\ude00\"",
        "\"\\ud800\"",
        "\"\u00e4\u20ac\ud83d\ude00\"",
        "\"\u00e4\\n\u20ac\"",
        "\"\u007f\"",
        "[1,2,3]",
        "[1,\"a\",2]",
        "[[1],[2,[3]],{}]",
        "{\"a\":1,\"b\":[true,null],\"\u00e4\":{\"a\":\"x\"},\"\":0,\"\\u0061b\":2}",
        "[{\"name\":1,\"value\":2},{\"name\":3,\"value\":4},{\"eman\":5}]",
      })
  void usualDocument_isReadQuickly_asJacksonReadsIt(String document) {
    assertThat(agrees(document.getBytes(UTF_8))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "[",
        "]",
        "{",
        "}",
        "[1",
        "[1,",
        "[1,]",
        "[,1]",
        "[1 2]",
        "[1;2]",
        "1 2",
        "1,",
        "01",
        "-01",
        "00",
        "-",
        "+1",
        ".5",
        "1.",
        "1.e1",
        "1e",
        "1e+",
        "1e1000",
        "0x1",
        "1f",
        "NaN",
        "-Infinity",
        "tru",
        "True",
        "nul",
        "truex",
        "{\"a\"}",
        "{\"a\":}",
        "{\"a\":1,}",
        "{\"a\" 1}",
        "{a:1}",
        "{'a':1}",
        "{\"a\":1,\"a\":2}",
        "{\"a\":1,\"\\u0061\":2}",
        "{,}",
        "{\"a\":1 \"b\":2}",
        "\"",
        "\"a",
        "\"\\\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\u123g\"",
        "\"\\u\"",
        "\"\n\"",
        "\"\u0000\"",
        "\"a\\n\t\"",
        "[1]//",
        "/**/[1]",
        "\ufeff[1]",
        "\u00a01",
        "[1]x",
        "[\u000b1]",
        "\"\\ud8\""
      })
  void whatJacksonRefuses_isLeftToIt(String document) {
    assertThat(quick(document.getBytes(UTF_8))).isNull();
  }

  @Test
  void whatIsDeepOrLong_isLeftToJackson() {
    assertThat(quick(("[".repeat(400) + "]".repeat(400)).getBytes(UTF_8))).isNull();
    assertThat(quick(("1" + "0".repeat(JsonReader.MAX_NUMBER_CHARS)).getBytes(UTF_8))).isNull();
    assertThat(agrees(("1" + "0".repeat(JsonReader.MAX_NUMBER_CHARS - 1)).getBytes(UTF_8)))
        .isTrue();
    assertThat(quick(("[0" + ",0".repeat(300_000) + "]").getBytes(UTF_8))).isNull();
    assertThat(quick(("{\"" + "n".repeat(2_000) + "\":1}").getBytes(UTF_8))).isNull();
    assertThat(quick(("{\"\\n" + "n".repeat(2_000) + "\":1}").getBytes(UTF_8))).isNull();
  }

  @Test
  void documentsAtRandom_andBrokenAtRandom_areReadAsJacksonReadsThem() {
    Random random = new Random(42);
    int taken = 0;
    int broken = 0;
    for (int i = 0; i < 20_000; i++) {
      StringBuilder text = new StringBuilder();
      document(random, 0, text);
      byte[] bytes = text.toString().getBytes(UTF_8);
      if (agrees(bytes)) {
        taken++;
      }
      for (int change = 0; change < 3 && bytes.length > 0; change++) {
        byte[] changed = bytes.clone();
        changed[random.nextInt(changed.length)] =
            (byte) BREAKING.charAt(random.nextInt(BREAKING.length()));
        if (!agrees(changed)) {
          broken++;
        }
      }
    }
    assertThat(taken).isEqualTo(20_000);
    assertThat(broken).isGreaterThan(10_000);
  }

  @Test
  void numbersAtRandom_areReadToTheLastBit() {
    Random random = new Random(7);
    for (int i = 0; i < 200_000; i++) {
      String written =
          switch (i % 4) {
            case 0 ->
                Double.toString(Double.longBitsToDouble(random.nextLong() & 0xbfffffffffffffffL));
            case 1 -> Float.toString(random.nextFloat());
            case 2 -> random.nextLong() + "e" + (random.nextInt(60) - 30);
            default -> "%d.%0" + (1 + i % 18) + "d";
          };
      if (written.startsWith("%")) {
        written = String.format(written, random.nextInt(), random.nextInt(1_000_000));
      }
      Json read = quick(written.getBytes(UTF_8));
      assertThat(read).as(written).isInstanceOf(Json.Num.class);
      assertThat(((Json.Num) read).value()).as(written).isEqualTo(Double.parseDouble(written));
    }
  }

  @Test
  void ignoredParts_areMarked_asJacksonsReaderMarksThem() throws UnreadableException {
    IgnoreRules rules =
        IgnoreRules.of(
            List.of(
                JsonPointer.compile("/id"),
                JsonPointer.compile("/rows/*/time"),
                JsonPointer.compile("/v/1")));
    byte[] bytes =
        "{\"id\":{\"id\":1},\"rows\":[{\"time\":1,\"a\":2},3],\"v\":[1,2,3],\"rest\":[4]}"
            .getBytes(UTF_8);
    Json read = QuickJson.read(bytes, rules);

    assertThat(read).isNotNull();
    assertThat(shown(read))
        .isEqualTo(shown(new JsonReader(rules).parse(bytes)))
        .contains("ignored(");
  }

  private static void document(Random random, int depth, StringBuilder to) {
    int kind = random.nextInt(depth > 4 ? 6 : 8);
    switch (kind) {
      case 0 -> to.append(random.nextInt(2_000) - 1_000);
      case 1 -> to.append(random.nextGaussian());
      case 2 -> to.append(random.nextFloat());
      case 3 -> string(random, to);
      case 4 -> to.append(random.nextBoolean() ? "true" : "null");
      case 5 -> to.append(random.nextLong()).append("e-").append(random.nextInt(40));
      case 6 -> {
        to.append('[');
        int size = random.nextInt(6);
        for (int i = 0; i < size; i++) {
          to.append(i == 0 ? "" : random.nextBoolean() ? "," : " ,\n");
          document(random, depth + 1, to);
        }
        to.append(']');
      }
      default -> {
        to.append("{ ");
        int size = random.nextInt(5);
        for (int i = 0; i < size; i++) {
          to.append(i == 0 ? "\"" : ",\"").append("k").append(i).append("\": ");
          document(random, depth + 1, to);
        }
        to.append('}');
      }
    }
  }

  private static void string(Random random, StringBuilder to) {
    to.append('"');
    int length = random.nextInt(12);
    for (int i = 0; i < length; i++) {
      switch (random.nextInt(8)) {
        case 0 -> to.append("\\n");
        case 1 -> to.append("\\u00").append(10 + random.nextInt(80));
        case 2 -> to.append('\u00e4');
        case 3 -> to.appendCodePoint(0x1f600 + random.nextInt(50));
        default -> to.append((char) ('a' + random.nextInt(26)));
      }
    }
    to.append('"');
  }
}
