package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweeperTest {
  private final Sweeper sweeper = new Sweeper();
  private final List<Integer> expired = new ArrayList<>();

  private final class Overdue extends Sweeper.Timed {
    private final int id;
    private final long deadline;

    Overdue(int id, long deadline) {
      this.id = id;
      this.deadline = deadline;
    }

    @Override
    boolean sweep(long nowNanos) {
      if (nowNanos < deadline) {
        return false;
      }
      expired.add(id);
      sweeper.leave(this);
      return true;
    }
  }

  @Test
  void sweep_findsWhatIsDue_andOnlyThat() {
    sweeper.join(new Overdue(1, 9));
    sweeper.join(new Overdue(2, 10));
    sweeper.join(new Overdue(3, 11));

    sweeper.sweep(10);

    assertThat(expired).containsExactlyInAnyOrder(1, 2);
    assertThat(sweeper.size()).isEqualTo(1);
  }

  @Test
  void leaving_fromAnyPlace_keepsTheRest() {
    Overdue first = new Overdue(1, 0);
    Overdue middle = new Overdue(2, 0);
    Overdue last = new Overdue(3, 0);
    for (Overdue gone : List.of(first, middle, last)) {
      List.of(first, middle, last).forEach(sweeper::join);
      sweeper.leave(gone);
      sweeper.leave(gone);
      expired.clear();

      sweeper.sweep(0);

      assertThat(expired).hasSize(2).doesNotContain(gone.id);
      assertThat(sweeper.size()).isZero();
    }
  }

  @Test
  void sweep_spreadsManyExpiriesOverSeveralSweeps() {
    for (int i = 0; i < 2 * Sweeper.MAX_EXPIRED + 1; i++) {
      sweeper.join(new Overdue(i, 0));
    }

    sweeper.sweep(0);
    assertThat(expired).hasSize(Sweeper.MAX_EXPIRED);
    sweeper.sweep(0);
    assertThat(expired).hasSize(2 * Sweeper.MAX_EXPIRED);
    sweeper.sweep(0);

    assertThat(expired).hasSize(2 * Sweeper.MAX_EXPIRED + 1).doesNotHaveDuplicates();
  }
}
