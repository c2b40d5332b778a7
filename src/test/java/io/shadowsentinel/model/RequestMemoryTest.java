package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RequestMemoryTest {

  @Test
  void share_isGivenUpToTheBoundAndGivenBackOnce() {
    RequestMemory memory = new RequestMemory(10);
    RequestMemory.Share one = memory.new Share();
    RequestMemory.Share other = memory.new Share();
    assertThat(one.take(6)).isTrue();
    assertThat(other.take(5)).isFalse();
    assertThat(other.take(4)).isTrue();
    assertThat(one.take(1)).isFalse();
    assertThat(memory.held()).isEqualTo(10);

    one.end();
    one.end();
    assertThat(memory.held()).isEqualTo(4);
    assertThat(one.take(1)).isFalse();
    other.end();
    assertThat(memory.held()).isZero();
  }
}
