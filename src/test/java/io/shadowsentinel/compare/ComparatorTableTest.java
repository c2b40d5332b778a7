package io.shadowsentinel.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.compare.core.CompareSettings;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ComparatorTableTest {
  private final ComparatorTable table = new ComparatorTable();

  @Test
  void forRoute_unknown_isNull() {
    assertThat(table.forRoute("a")).isNull();
  }

  @Test
  void replace_keepsWhatDidNotChange() {
    table.replace(
        Map.of(
            "same", Answers.ignoring("json", "/id"),
            "changed", Answers.settings("json"),
            "gone", Answers.settings("json")));
    Comparator same = table.forRoute("same");
    Comparator changed = table.forRoute("changed");
    table.replace(
        Map.of(
            "same", Answers.ignoring("json", "/id"),
            "changed", Answers.tolerating("json", 0.1),
            "new", Answers.settings("kserve-v1")));
    assertThat(table.forRoute("same")).isNotNull().isSameAs(same);
    assertThat(table.forRoute("changed")).isNotNull().isNotSameAs(changed);
    assertThat(table.forRoute("new")).isNotNull();
    assertThat(table.forRoute("gone")).isNull();
  }

  @Test
  void replace_withSettingsThatAreRefused_changesNothing() {
    table.replace(Map.of("a", Answers.settings("json")));
    Comparator before = table.forRoute("a");
    Map<String, CompareSettings> bad =
        Map.of("a", Answers.tolerating("json", 0.1), "b", Answers.settings("xml"));
    assertThatThrownBy(() -> table.replace(bad)).isInstanceOf(IllegalArgumentException.class);
    assertThat(table.forRoute("a")).isSameAs(before);
    assertThat(table.forRoute("b")).isNull();
  }
}
