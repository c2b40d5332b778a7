package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ConfusionTest {

  @Test
  void confusion_ofNumbersAndWords_isInTheirOrder() {
    Confusion.Tally tally = new Confusion.Tally();
    tally.add("10", "9", 1);
    tally.add("9", "9", 2);
    tally.add("cat", "10", 3);
    Confusion confusion = tally.result(10);
    assertThat(confusion.labels()).containsExactly("9", "10", "cat");
    assertThat(confusion.counts())
        .containsExactly(List.of(2, 0, 0), List.of(1, 0, 0), List.of(0, 3, 0));
    assertThat(confusion.rows(2)).isEqualTo(3);
    assertThat(tally.recall())
        .containsEntry("9", new Share(2, 2))
        .containsEntry("cat", new Share(0, 3));
  }

  @Test
  void confusion_atAndOverItsMost_foldsTheRarest() {
    Confusion.Tally tally = new Confusion.Tally();
    tally.add("a", "a", 5);
    tally.add("b", "b", 4);
    tally.add("c", "a", 1);
    assertThat(tally.result(3).labels()).containsExactly("a", "b", "c");
    Confusion folded = tally.result(2);
    assertThat(folded.labels()).containsExactly("a", "(others)");
    assertThat(folded.counts()).containsExactly(List.of(5, 0), List.of(1, 4));
    assertThat(tally.result(3).folded(2)).isEqualTo(folded);
    assertThat(folded.folded(2)).isSameAs(folded);
  }
}
