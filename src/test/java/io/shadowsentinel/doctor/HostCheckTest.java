package io.shadowsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.doctor.Finding.Level;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class HostCheckTest {
  @Test
  void files_justEnough_areOk() {
    assertThat(HostCheck.files(3_200, 1_000).level()).isEqualTo(Level.OK);
    assertThat(HostCheck.files(3_201, 1_000).level()).isEqualTo(Level.OK);
  }

  @Test
  void files_oneTooFew_areAWarningWithTheNumber() {
    Finding few = HostCheck.files(3_199, 1_000);

    assertThat(few.level()).isEqualTo(Level.WARN);
    assertThat(few.detail()).contains("3199 open files, enough for 999 connections");
    assertThat(few.remedy()).contains("raise it to 3200");
  }

  @Test
  void files_unknown_areANote() {
    assertThat(HostCheck.files(0, 1_000).level()).isEqualTo(Level.NOTE);
    assertThat(HostCheck.maxFiles()).isPositive();
  }

  @Test
  void port_takenByNobodyWeKnow_fails_andByTheInstance_isOk() throws IOException {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = taken.getLocalPort();
      assertThat(HostCheck.port("listen", "127.0.0.1", port, null).level()).isEqualTo(Level.FAIL);
      Finding ours = HostCheck.port("listen", "127.0.0.1", port, "process 7");
      assertThat(ours.level()).isEqualTo(Level.OK);
      assertThat(ours.detail()).contains("process 7");
    }
  }

  @Test
  void port_ofAnAddressThatIsNotOurs_failsWhoeverRuns() {
    // 192.0.2.0/24 is for documentation: no machine has it.
    Finding foreign = HostCheck.port("admin", "192.0.2.1", 9090, "process 7");

    assertThat(foreign.level()).isEqualTo(Level.FAIL);
    assertThat(foreign.remedy()).contains("admin.host");
  }

  @Test
  void token_setAndShown_isComparedWithTheConfigs() {
    AdminConfig admin = new AdminConfig("0.0.0.0", 9090, "0123456789abcdef", null);

    assertThat(HostCheck.token(admin, "0123456789abcdef").level()).isEqualTo(Level.OK);
    assertThat(HostCheck.token(admin, null).level()).isEqualTo(Level.NOTE);
    Finding other = HostCheck.token(admin, "fedcba9876543210");
    assertThat(other.level()).isEqualTo(Level.WARN);
    assertThat(other.toString()).doesNotContain("fedcba").doesNotContain("abcdef");
    assertThat(HostCheck.token(AdminConfig.DEFAULTS, null).level()).isEqualTo(Level.OK);
  }

  @Test
  void token_ofAViewer_doesNotDo_butOneOfAnOperator() {
    AdminConfig admin =
        new AdminConfig(
            "0.0.0.0",
            9090,
            null,
            null,
            List.of(
                new AdminConfig.Token("eye", false, "0123456789abcdef", null),
                new AdminConfig.Token("hand", true, "fedcba9876543210", null)),
            AdminConfig.ReadAccess.BY_HOST,
            AdminConfig.ReadAccess.OPEN,
            List.of());

    assertThat(HostCheck.token(admin, "fedcba9876543210").level()).isEqualTo(Level.OK);
    assertThat(HostCheck.token(admin, "0123456789abcdef").level()).isEqualTo(Level.WARN);
    assertThat(HostCheck.token(admin, null).level()).isEqualTo(Level.NOTE);
  }

  @Test
  void clock_offByTheTolerance_isOk_andByMore_aWarningThatSaysWhichWay() {
    Duration bar = HostCheck.CLOCK_TOLERANCE;

    assertThat(HostCheck.clock(List.of(bar)).level()).isEqualTo(Level.OK);
    Finding behind = HostCheck.clock(List.of(bar.plusMillis(100)));
    assertThat(behind.level()).isEqualTo(Level.WARN);
    assertThat(behind.detail()).contains("5.1 s behind the upstreams");
    assertThat(HostCheck.clock(List.of(Duration.ofSeconds(-60))).detail())
        .contains("60.0 s ahead of the upstreams");
  }

  @Test
  void clock_oneUpstreamOfThreeThatIsWrong_isOutvoted() {
    assertThat(
            HostCheck.clock(List.of(Duration.ofDays(1), Duration.ZERO, Duration.ofSeconds(1)))
                .level())
        .isEqualTo(Level.OK);
    assertThat(HostCheck.clock(List.of()).level()).isEqualTo(Level.NOTE);
  }
}
