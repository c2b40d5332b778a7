package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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
    assertThat(new AdminSettings("127.0.0.1", 1, "hunter2").toString())
        .contains("127.0.0.1", "operator")
        .doesNotContain("hunter2");
  }

  @Test
  void access_withoutToken_isRefusedWhereOthersReachThePort() {
    AdminSettings open = new AdminSettings("0.0.0.0", 0, "secret");
    AdminToken viewer = new AdminToken("v", AdminToken.Role.VIEWER, "other", null);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> open.withAccess(AdminAccess.DEFAULTS))
        .withMessageContaining("admin.token: none")
        .withMessageContaining("0.0.0.0");
    AdminAccess viewers =
        new AdminAccess(List.of(viewer), AdminAccess.Reads.OPEN, false, List.of("A.example"));
    assertThat(open.withAccess(viewers).access().allowedHosts()).containsExactly("a.example");
  }

  @Test
  void access_withANameTwice_isRefused() {
    AdminToken one = new AdminToken("x", AdminToken.Role.VIEWER, "one", null);
    AdminToken two = new AdminToken("x", AdminToken.Role.OPERATOR, "two", null);

    assertThatIllegalArgumentException()
        .isThrownBy(
            () -> new AdminAccess(List.of(one, two), AdminAccess.Reads.BY_HOST, false, List.of()))
        .withMessage("admin.tokens: the name x twice (expected each once)");
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1, BY_HOST, false",
    "0.0.0.0, BY_HOST, true",
    "127.0.0.1, TOKEN, true",
    "0.0.0.0, OPEN, false"
  })
  void reads_needAToken_byTheHostUnlessSaid(String host, AdminAccess.Reads reads, boolean needed)
      throws IOException {
    AdminAccess access =
        new AdminAccess(AdminAccess.of("secret").tokens(), reads, false, List.of());
    AdminSettings settings = new AdminSettings(host, 0, null, access);

    assertThat(AccessRules.load(settings).readsNeedToken()).isEqualTo(needed);
    assertThat(AccessRules.load(settings).metricsNeedToken()).isFalse();
  }
}
