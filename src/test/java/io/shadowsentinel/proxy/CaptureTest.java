package io.shadowsentinel.proxy;

import static io.shadowsentinel.proxy.Capture.Result.KEPT;
import static io.shadowsentinel.proxy.Capture.Result.OVER_BUDGET;
import static io.shadowsentinel.proxy.Capture.Result.OVER_CAP;
import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.buffer.Buffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class CaptureTest {
  private final CaptureBudget budget = new CaptureBudget(100, 2);

  private static Buffer bytes(int count) {
    return Buffer.buffer("x".repeat(count));
  }

  @Test
  void add_belowAtAndAboveTheCap() {
    Capture capture = new Capture(budget, 10);

    assertThat(capture.add(bytes(9))).isEqualTo(KEPT);
    assertThat(capture.add(bytes(1))).isEqualTo(KEPT);
    assertThat(capture.add(bytes(1))).isEqualTo(OVER_CAP);
    assertThat(capture.toBytes()).hasSize(10);
    assertThat(budget.bytes()).isEqualTo(10);
  }

  @Test
  void add_belowAtAndAboveTheBudget() {
    Capture capture = new Capture(budget, 1_000);

    assertThat(capture.add(bytes(99))).isEqualTo(KEPT);
    assertThat(capture.add(bytes(1))).isEqualTo(KEPT);
    assertThat(capture.add(bytes(1))).isEqualTo(OVER_BUDGET);
    assertThat(budget.bytes()).isEqualTo(100);
  }

  @Test
  void chunks_areJoinedInOrder() {
    Capture capture = new Capture(budget, 100);
    capture.add(Buffer.buffer("one "));
    capture.add(Buffer.buffer("two "));
    capture.add(Buffer.buffer("three"));

    assertThat(new String(capture.toBytes(), StandardCharsets.UTF_8)).isEqualTo("one two three");
  }

  @Test
  void chunk_thatIsKept_isNotChangedByTheNext() {
    Capture capture = new Capture(budget, 100);
    Buffer first = Buffer.buffer("one");
    capture.add(first);
    capture.add(Buffer.buffer("two"));

    assertThat(first.toString()).isEqualTo("one");
  }

  @Test
  void drop_givesEveryByteBack_once() {
    Capture capture = new Capture(budget, 100);
    capture.add(bytes(40));
    capture.add(bytes(2));

    capture.drop();
    capture.drop();

    assertThat(budget.bytes()).isZero();
    assertThat(capture.toBytes()).isEmpty();
  }

  @Test
  void budget_hasRoom_belowAtItsPairs() {
    budget.handedOver(1);
    assertThat(budget.hasRoom()).isTrue();
    budget.handedOver(1);
    assertThat(budget.hasRoom()).isFalse();
    budget.compared(2, 0);
    assertThat(budget.hasRoom()).isTrue();
    assertThat(budget.waiting()).isZero();
  }
}
