package io.shadowsentinel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class FieldsTest {

  private static Fields fields(String... namesAndValues) {
    Fields fields = new Fields();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      fields.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return fields;
  }

  private static String shown(Fields fields) {
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < fields.size(); i++) {
      all.append(fields.name(i)).append('=').append(fields.value(i)).append(' ');
    }
    return all.toString();
  }

  @Test
  void lookups_findNamesInAnyCase() {
    Fields fields = fields("A", "1", "b", "2", "a", "3");

    assertThat(fields.get("a")).isEqualTo("1");
    assertThat(fields.get(AsciiString.of("B"))).isEqualTo("2");
    assertThat(fields.getAll("A")).containsExactly("1", "3");
    assertThat(fields.get("c")).isNull();
    assertThat(fields.contains("c")).isFalse();
  }

  @Test
  void set_replacesAllOfThatName_inThePlaceOfTheFirst() {
    Fields fields = fields("A", "1", "B", "2", "a", "3", "C", "4");
    fields.set("a", "9");
    fields.set("d", "5");

    assertThat(shown(fields)).isEqualTo("a=9 B=2 C=4 d=5 ");
  }

  @Test
  void remove_takesAllOfThatName() {
    Fields fields = fields("A", "1", "B", "2", "a", "3");
    fields.remove("A");
    fields.remove("x");

    assertThat(shown(fields)).isEqualTo("B=2 ");
  }

  @Test
  void manyFields_areAllKept_inTheirOrder() {
    Fields fields = new Fields();
    StringBuilder expected = new StringBuilder();
    for (int i = 0; i < 100; i++) {
      fields.add("n" + i, "v" + i);
      expected.append("n%1$d=v%1$d ".formatted(i));
    }

    assertThat(shown(fields)).isEqualTo(expected.toString());
    MultiMap copied = MultiMap.caseInsensitiveMultiMap();
    fields.addTo(copied);
    assertThat(shown(Fields.of(copied))).isEqualTo(expected.toString());
  }

  @Test
  void names_areRemembered_withTheirLastValue() {
    FieldNames names = new FieldNames();
    for (String value : new String[] {"a", "a", "b", "", "x".repeat(100), "b"}) {
      Fields fields = new Fields();
      byte[] line = ("Name" + value + "|").getBytes(StandardCharsets.ISO_8859_1);
      names.add(fields, line, 0, 4, 4, line.length - 1);
      assertThat(shown(fields)).isEqualTo("Name=" + value + " ");
    }
  }

  @Test
  void names_thatShareAPlace_areToldApart() {
    FieldNames names = new FieldNames();
    for (int round = 0; round < 2; round++) {
      for (int i = 0; i < 2_000; i++) {
        Fields fields = new Fields();
        byte[] line = ("x-" + i + "value").getBytes(StandardCharsets.ISO_8859_1);
        names.add(fields, line, 0, line.length - 5, line.length - 5, line.length);
        assertThat(shown(fields)).isEqualTo("x-" + i + "=value ");
      }
    }
  }

  @Test
  void longNames_areTakenAsWell() {
    Fields fields = new Fields();
    byte[] line = "x".repeat(300).getBytes(StandardCharsets.ISO_8859_1);
    new FieldNames().add(fields, line, 0, 200, 200, 300);

    assertThat(fields.get("X".repeat(200))).isEqualTo("x".repeat(100));
  }
}
