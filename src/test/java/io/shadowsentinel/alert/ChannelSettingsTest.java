package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.decide.Decision;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ChannelSettingsTest {

  private static final URI SLACK =
      URI.create("https://user:pass@hooks.slack.com/services/T0/B0/secret?token=secret");

  @Test
  void toString_urlWithSecrets_showsOnlyTheOrigin() {
    assertThat(ChannelSettings.of(Type.SLACK, SLACK)).hasToString("slack https://hooks.slack.com");
    assertThat(new AlertSettings(List.of(ChannelSettings.of(Type.SLACK, SLACK))).toString())
        .doesNotContain("secret", "pass");
  }

  @Test
  void id_ofTheSameTypeAndUrl_isTheSame() {
    ChannelSettings one = ChannelSettings.of(Type.WEBHOOK, SLACK);
    ChannelSettings other =
        new ChannelSettings(Type.WEBHOOK, SLACK, Set.of(Decision.Action.PROMOTE), null);

    assertThat(one.id()).isEqualTo(other.id()).matches("webhook-[0-9a-f]{12}");
    assertThat(one.id()).isNotEqualTo(ChannelSettings.of(Type.SLACK, SLACK).id());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"ftp://host/secret", "http:///secret", "secret", "http://host/secret#fragment"})
  void url_notHttpWithAHost_isRefusedWithoutShowingThePath(URI url) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ChannelSettings.of(Type.WEBHOOK, url))
        .withMessageContaining("expected http:// or https://")
        .withMessageNotContaining("secret");
  }

  @Test
  void on_empty_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> new ChannelSettings(Type.WEBHOOK, SLACK, Set.of(), null))
        .withMessageContaining("expected at least one");
  }

  @Test
  void on_ofAlertmanager_isRollbackAlone() {
    assertThatIllegalArgumentException()
        .isThrownBy(
            () ->
                new ChannelSettings(
                    Type.ALERTMANAGER, SLACK, Set.of(Decision.Action.PROMOTE), null))
        .withMessageContaining("expected [ROLLBACK]");
  }

  @Test
  void settings_sameChannelTwice_areRefused() {
    ChannelSettings channel = ChannelSettings.of(Type.SLACK, SLACK);

    assertThatIllegalArgumentException()
        .isThrownBy(() -> new AlertSettings(List.of(channel, channel)))
        .withMessage(
            "alerts: slack https://hooks.slack.com twice (expected each type and url once)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        "120 | PT2M",
        "0 | PT0S",
        "Sun, 01 Mar 2026 12:00:30 GMT | PT30S",
        "Sun, 01 Mar 2026 11:00:00 GMT | PT0S",
        "soon | -",
        "-5 | -",
        "99999999999999999999 | -",
        "- | -"
      })
  void retryAfter_header_isSecondsOrADate(String header, Duration expected) {
    Instant now = TestDecisions.NOON;

    assertThat(Sender.retryAfter(header, now)).isEqualTo(expected);
  }
}
