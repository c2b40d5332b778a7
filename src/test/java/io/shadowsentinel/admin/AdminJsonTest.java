package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import io.shadowsentinel.decide.RouteStatus;
import io.shadowsentinel.table.RouteState;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** The shapes that scripts rely on, against files that a change must be seen in. */
class AdminJsonTest {

  @Test
  void route_shadowing_isWrittenAsContracted() throws IOException {
    RouteStatus route = DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9));

    assertThat(pretty(route)).isEqualTo(golden("route-shadowing.json"));
  }

  @Test
  void route_promoted_isWrittenWithItsDecision() throws IOException {
    RouteStatus before = DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(199, 0));
    Decision decision =
        new Decision(
            7,
            DecisionStandIn.START.plusMillis(1500),
            "digits",
            Decision.Action.PROMOTE,
            "digits-1",
            "digits-v1",
            "digits-v2",
            RouteState.SHADOWING,
            RouteState.PROMOTED,
            Decision.By.AUTO,
            "agreement 199 of 200",
            null,
            DecisionStandIn.evidence(199, 0),
            2);
    RouteStatus route =
        new RouteStatus(
            "digits",
            RouteState.PROMOTED,
            before.challenger(),
            null,
            before.champion(),
            before.experiment(),
            new RouteStatus.Trial("digits-1-watch", DecisionStandIn.START, Evidence.NONE),
            decision,
            before.rule(),
            2);

    assertThat(pretty(route)).isEqualTo(golden("route-promoted.json"));
  }

  @Test
  void route_withoutChallenger_hasEveryMember() throws IOException {
    assertThat(pretty(DecisionStandIn.alone("plain"))).isEqualTo(golden("route-alone.json"));
  }

  @Test
  void problem_withoutState_leavesItOut() {
    assertThat(new String(AdminJson.bytes(Problem.of(404, "x")), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"about:blank\",\"title\":\"Not Found\",\"status\":404,\"detail\":\"x\"}");
  }

  @Test
  void problem_refused_tellsTheState() {
    assertThat(
            new String(
                AdminJson.bytes(Problem.refused(RouteState.PAUSED, "paused")),
                StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"type\":\"urn:shadow-sentinel:problem:refused\","
                + "\"title\":\"The route's state does not allow it\",\"status\":409,"
                + "\"detail\":\"paused\",\"state\":\"PAUSED\"}");
  }

  private static String pretty(Object value) throws IOException {
    return AdminJson.mapper()
            .readTree(AdminJson.bytes(value))
            .toPrettyString()
            .replace("\r\n", "\n")
        + "\n";
  }

  private static String golden(String file) throws IOException {
    try (InputStream in = AdminJsonTest.class.getResourceAsStream(file)) {
      assertThat(in).as(file).isNotNull();
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
