package io.shadowsentinel.listen;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;

class SweeperTest {
  private final Deque<Runnable> timers = new ArrayDeque<>();
  private final List<Integer> expired = new ArrayList<>();
  private long now;
  private final Sweeper sweeper = new Sweeper(() -> now, timers::add);

  /** What the timer that is set does in the end. */
  private void sweepAt(long nowNanos) {
    now = nowNanos;
    timers.remove().run();
  }

  private final class Overdue extends Sweeper.Timed {
    private final int id;
    private final long deadline;

    Overdue(int id, long deadline) {
      this.id = id;
      this.deadline = deadline;
    }

    @Override
    public boolean sweep(long nowNanos) {
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

    sweepAt(10);

    assertThat(expired).containsExactlyInAnyOrder(1, 2);
    assertThat(sweeper.size()).isEqualTo(1);
  }

  /** A member at two places would make a ring of the list, and a sweep of it would never end. */
  @Test
  void joiningTwice_isAMistake_andLeavesTheListAsItWas() {
    Overdue twice = new Overdue(1, 10);
    sweeper.join(twice);
    sweeper.join(new Overdue(2, 10));

    assertThatThrownBy(() -> sweeper.join(twice)).isInstanceOf(AssertionError.class);

    assertThat(sweeper.size()).isEqualTo(2);
    sweepAt(10);
    assertThat(expired).containsExactlyInAnyOrder(1, 2);
    assertThat(sweeper.size()).isZero();
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

      sweepAt(0);

      assertThat(expired).hasSize(2).doesNotContain(gone.id);
      assertThat(sweeper.size()).isZero();
    }
  }

  @Test
  void sweep_spreadsManyExpiriesOverSeveralSweeps() {
    for (int i = 0; i < 2 * Sweeper.MAX_EXPIRED + 1; i++) {
      sweeper.join(new Overdue(i, 0));
    }

    sweepAt(0);
    assertThat(expired).hasSize(Sweeper.MAX_EXPIRED);
    sweepAt(0);
    assertThat(expired).hasSize(2 * Sweeper.MAX_EXPIRED);
    sweepAt(0);

    assertThat(expired).hasSize(2 * Sweeper.MAX_EXPIRED + 1).doesNotHaveDuplicates();
  }

  @Test
  void sweeper_ofNothing_setsNoTimer() {
    assertThat(timers).isEmpty();

    sweeper.join(new Overdue(1, 10));
    sweeper.join(new Overdue(2, 10));
    assertThat(timers).as("one timer for all").hasSize(1);

    sweepAt(9);
    assertThat(timers).as("while there is any left").hasSize(1);

    sweepAt(10);
    assertThat(expired).containsExactlyInAnyOrder(1, 2);
    assertThat(timers).isEmpty();
  }

  @Test
  void join_afterAllHaveLeft_setsTheTimerAgain_butNeverTwo() {
    Overdue gone = new Overdue(1, 0);
    sweeper.join(gone);
    sweeper.leave(gone);
    sweeper.join(new Overdue(2, 20));
    assertThat(timers).hasSize(1);

    sweepAt(20);
    assertThat(expired).containsExactly(2);

    sweeper.join(new Overdue(3, 30));
    assertThat(timers).hasSize(1);
    sweepAt(30);
    assertThat(expired).containsExactly(2, 3);
    assertThat(timers).isEmpty();
  }

  @Test
  void sweep_afterAllHaveLeft_isTheLast() {
    Overdue gone = new Overdue(1, 0);
    sweeper.join(gone);
    sweeper.leave(gone);

    sweepAt(20);

    assertThat(expired).isEmpty();
    assertThat(timers).isEmpty();
  }

  @Test
  void sweep_ofWhatTakesTheNextOneOut_leavesThatAlone_andTheRestToTheNextSweep() {
    sweeper.join(new Overdue(1, 0));
    Overdue next = new Overdue(2, 0);
    sweeper.join(next);
    sweeper.join(
        new Sweeper.Timed() {
          @Override
          public boolean sweep(long nowNanos) {
            sweeper.leave(next);
            sweeper.leave(this);
            return true;
          }
        });

    sweepAt(0);
    assertThat(expired).isEmpty();
    assertThat(sweeper.size()).isEqualTo(1);

    sweepAt(0);
    assertThat(expired).containsExactly(1);
  }

  @Test
  void leaving_whatWasJoinedElsewhere_doesNothing() {
    Sweeper other = new Sweeper(() -> 0, task -> {});
    Overdue member = new Overdue(1, 0);
    sweeper.join(member);
    other.leave(member);

    assertThat(sweeper.size()).isEqualTo(1);
    assertThat(other.size()).isZero();
    sweepAt(0);
    assertThat(expired).containsExactly(1);
  }

  @Test
  void sweep_ofSomethingThatFails_isNotTheLast() {
    sweeper.join(new Overdue(1, 1));
    sweeper.join(
        new Sweeper.Timed() {
          @Override
          public boolean sweep(long nowNanos) {
            sweeper.leave(this);
            throw new IllegalStateException("of its own");
          }
        });

    assertThatThrownBy(() -> sweepAt(1)).hasMessage("of its own");
    assertThat(timers).hasSize(1);
    sweepAt(1);

    assertThat(expired).containsExactly(1);
  }
}
