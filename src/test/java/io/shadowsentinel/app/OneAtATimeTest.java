package io.shadowsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Promise;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class OneAtATimeTest {
  private final List<Promise<Void>> begun = new ArrayList<>();
  private boolean fails;
  private final OneAtATime work =
      new OneAtATime(
          () -> {
            Promise<Void> end = Promise.promise();
            begun.add(end);
            if (fails) {
              throw new IllegalStateException("by test");
            }
            return end.future();
          });

  @Test
  void askedMeanwhile_isDoneOnceMoreAfterThat_howeverOften() {
    work.ask();
    work.ask();
    work.ask();
    assertThat(begun).hasSize(1);

    begun.get(0).complete();
    assertThat(begun).hasSize(2);
    begun.get(1).complete();
    assertThat(begun).hasSize(2);

    work.ask();
    assertThat(begun).hasSize(3);
  }

  @Test
  void failure_keepsNobodyWaiting() {
    work.ask();
    work.ask();
    begun.get(0).fail("refused");
    assertThat(begun).hasSize(2);
    begun.get(1).complete();

    fails = true;
    work.ask();
    fails = false;
    work.ask();
    assertThat(begun).hasSize(4);
  }
}
