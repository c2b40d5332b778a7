package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdminSettingsTest {

  @ParameterizedTest
  @ValueSource(strings = {"127.0.0.1", "127.1.2.3", "::1", "localhost", "LOCALHOST"})
  void loopbackHost_withoutToken_isAccepted(String host) {
    assertThat(new AdminSettings(host, 0, null).isLoopback()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "127.example.org", "localhost.evil.org"})
  void otherHost_withoutToken_isRefusedByName(String host) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdminSettings(host, 0, null))
        .withMessageContaining("admin.token")
        .withMessageContaining(host);
    assertThat(new AdminSettings(host, 0, "secret").isLoopback()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 65_536})
  void port_outOfRange_isRefused(int port) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdminSettings("127.0.0.1", port, null))
        .withMessage("admin.port: " + port + " (expected 0..65535)");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 65_535})
  void port_inRange_isAccepted(int port) {
    assertThat(new AdminSettings("127.0.0.1", port, null).port()).isEqualTo(port);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "two words", "line\n", "schlüssel"})
  void token_thatNoHeaderCarries_isRefusedAndNotRepeated(String token) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AdminSettings("127.0.0.1", 0, token))
        .withMessageNotContaining("schlüssel");
  }

  @Test
  void toString_withToken_leavesItOut() {
    assertThat(new AdminSettings("127.0.0.1", 1, "hunter2"))
        .hasToString("AdminSettings[host=127.0.0.1, port=1, token=set, tls=false]");
  }
}
