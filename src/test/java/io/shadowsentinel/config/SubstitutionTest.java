package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SubstitutionTest {
  private static final Place AT = new Place(3, 7);

  private final Faults faults = new Faults("f");
  private final Substitution substitution =
      new Substitution(Map.of("A", "1", "EMPTY", "", "NESTED", "${A}", "_x9", "y")::get);

  @ParameterizedTest
  @CsvSource({
    "${A},1",
    "x${A}y${A},x1y1",
    "${EMPTY},''",
    "${EMPTY:-d},d",
    "${NONE:-d},d",
    "${NONE:-},''",
    "${A:-d},1",
    "${NONE:-http://h:1/?a=b},http://h:1/?a=b",
    "${NESTED},${A}",
    "${_x9},y",
    "$${A}${A},${A}1"
  })
  void reference_valueOrDefault_isPutIn(String text, String expected) {
    assertThat(apply(text)).isEqualTo(new Node.Scalar(AT, Node.Kind.FROM_ENVIRONMENT, expected));
    assertThat(faults.isEmpty()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"$${A},${A}", "$A,$A", "$,$", "$$,$$", "a}b,a}b"})
  void textWithoutReference_staysText(String text, String expected) {
    assertThat(apply(text)).isEqualTo(new Node.Scalar(AT, Node.Kind.TEXT, expected));
  }

  @ParameterizedTest
  @ValueSource(strings = {"${", "${}", "${9}", "${a b}", "${A:d}", "${A", "${A:-x", "s3cret${pa"})
  void brokenReference_isAFaultAtItsPlace_andNotShown(String text) {
    assertThat(apply(text).kind()).isEqualTo(Node.Kind.FAULTY);
    assertThat(faults.inOrder())
        .singleElement()
        .hasToString(
            "f:3:7: ${ begins no variable"
                + " (expected ${NAME} or ${NAME:-default}; $${ for a literal ${)");
  }

  @Test
  void unsetVariables_areAllFaults() {
    assertThat(apply("${B}${A}${C}").kind()).isEqualTo(Node.Kind.FAULTY);
    assertThat(faults.inOrder())
        .extracting(Fault::message)
        .containsExactly(
            "${B}: not set in the environment (expected a value, or a default as in ${B:-default})",
            "${C}: not set in the environment (expected a value, or a default as in ${C:-default})");
  }

  private Node.Scalar apply(String text) {
    return substitution.apply(new Node.Scalar(AT, Node.Kind.TEXT, text), faults);
  }
}
