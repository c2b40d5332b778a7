package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.vertx.core.buffer.Buffer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ActionBodyTest {

  @Test
  void body_missingOrEmpty_hasNoReason() {
    assertThat(ActionBody.parse(null).reason()).isEmpty();
    assertThat(ActionBody.parse(Buffer.buffer()).reason()).isEmpty();
    assertThat(parse("{}").reason()).isEmpty();
  }

  @Test
  void reason_isKeptAsWritten() {
    assertThat(parse("{\"reason\":\"p99 is high — “sorry”\"}").reason())
        .isEqualTo("p99 is high — “sorry”");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"why\":\"x\"}|why: unknown member (expected reason)",
        "{\"reason\":7}|reason: a number (expected a string)",
        "{\"reason\":null}|reason: null (expected a string)",
        "{\"reason\":[\"x\"]}|reason: an array (expected a string)",
        "[]|body: an array (expected an object)",
        "\"x\"|body: a string (expected an object)"
      })
  void body_ofWrongShape_isRefusedByMember(String body, String message) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> parse(body))
        .withMessage(message);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"{", "{\"reason\":\"x\"} x", "{\"reason\":\"a\",\"reason\":\"b\"}", "nul"})
  void body_thatIsNotJson_isRefusedWithPlace(String body) {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> parse(body))
        .withMessageStartingWith("body: not JSON")
        .withMessageContaining("line 1, column ");
  }

  @Test
  void reason_withControlCharacter_isRefused() {
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> parse("{\"reason\":\"a\\nb\"}"))
        .withMessage("reason: a control character (expected one line of text)");
  }

  @Test
  void reason_atTheBound_isKeptAndAboveRefused() {
    assertThat(parse("{\"reason\":\"" + "x".repeat(999) + "\"}").reason()).hasSize(999);
    assertThat(parse("{\"reason\":\"" + "x".repeat(1000) + "\"}").reason()).hasSize(1000);
    assertThatExceptionOfType(ProblemException.class)
        .isThrownBy(() -> parse("{\"reason\":\"" + "x".repeat(1001) + "\"}"))
        .withMessage("reason: 1001 characters (expected 0..1000)");
  }

  private static ActionBody parse(String body) {
    return ActionBody.parse(Buffer.buffer(body));
  }
}
