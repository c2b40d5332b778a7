package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.tls.Tls;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConfigDiffTest {
  private static final Tls TLS = new Tls(Path.of("c"), Path.of("k"), null);
  private static final ListenLimitSettings LIMITS =
      new ListenLimitSettings(1, 1, 1, 64, 256, 8, 1, Duration.ZERO, Duration.ZERO, Duration.ZERO);
  private static final SentinelConfig RUNNING =
      new SentinelConfig(
          ListenSettings.DEFAULTS,
          AdminConfig.DEFAULTS,
          Path.of("state"),
          ShutdownSettings.DEFAULTS,
          List.of(),
          List.of());

  @Test
  void sameConfig_needsNoRestart() {
    assertThat(ConfigDiff.needsRestart(RUNNING, RUNNING)).isEmpty();
  }

  @Test
  void alertsAndShutdownAlone_needNoRestart() {
    AlertConfig alert =
        new AlertConfig(
            AlertConfig.Type.SLACK, URI.create("http://h"), AlertConfig.DEFAULT_ACTIONS, null);
    SentinelConfig next =
        new SentinelConfig(
            RUNNING.listen(),
            RUNNING.admin(),
            Path.of("state"),
            new ShutdownSettings(Duration.ZERO),
            List.of(),
            List.of(alert));

    assertThat(ConfigDiff.needsRestart(RUNNING, next)).isEmpty();
  }

  @Test
  void whoMayDoWhat_needsNoRestart() {
    AdminConfig running = RUNNING.admin();
    AdminConfig other =
        new AdminConfig(
            running.host(),
            running.port(),
            "0123456789abcdef",
            running.tls(),
            List.of(new AdminConfig.Token("ci", true, "fedcba9876543210", null)),
            AdminConfig.ReadAccess.TOKEN,
            AdminConfig.ReadAccess.TOKEN,
            List.of("a.example"));
    SentinelConfig next =
        new SentinelConfig(
            RUNNING.listen(), other, Path.of("state"), RUNNING.shutdown(), List.of(), List.of());

    assertThat(ConfigDiff.needsRestart(RUNNING, next)).isEmpty();
  }

  @Test
  void everyFixedPart_isNamed() {
    SentinelConfig next =
        new SentinelConfig(
            new ListenSettings("::", 1, TLS, true, LIMITS),
            new AdminConfig("::1", 2, "0123456789abcdef", TLS),
            Path.of("elsewhere"),
            ShutdownSettings.DEFAULTS,
            List.of(),
            List.of());

    assertThat(ConfigDiff.needsRestart(RUNNING, next))
        .containsExactly(
            "listen.host",
            "listen.port",
            "listen.tls",
            "listen.forwardedHeaders",
            "listen.limits",
            "admin.host",
            "admin.port",
            "admin.tls",
            "state.directory");
  }
}
