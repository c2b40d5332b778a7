package io.shadowsentinel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostRulesTest {

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a",
        "a.b",
        "a:",
        "a:0",
        "a:65535",
        "1.2.3.4:1",
        "[::1]",
        "[::1]:",
        "[v1.a:b]:9",
        "a_b",
        "%41"
      })
  void hostWithOrWithoutPort_isAnAuthority(String text) {
    assertThat(HostRules.isAuthority(text)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "", ":", ":1", "a:65536", "a:99999999999", "a:1x", "a:1:2", "a b", " a", "a,b", "u@a",
            "a/b",
        "a?", "a#", "a\\b", "[", "[]", "[a]", "[::1", "[::1]1", "[::1]x:1", "[[::1]]", "::1",
            "\u00e4",
        "a\u0000", "a\t"
      })
  void anythingElse_isNone(String text) {
    assertThat(HostRules.isAuthority(text)).isFalse();
  }
}
