package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.admin.AdminFixture;
import io.shadowsentinel.admin.DecisionStandIn;
import io.shadowsentinel.decide.Decision;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.URI;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The emergency brake against a real admin port. */
class ForceRollbackIT {
  private static final String TOKEN = "s3cret";

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    admin = new AdminFixture(TOKEN);
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .with(DecisionStandIn.shadowing("a b/c", DecisionStandIn.evidence(0, 0)))
        .with(DecisionStandIn.alone("plain"))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @Test
  void forceRollback_ofAll_isSafeToRepeat() {
    assertThat(forceRollback(TOKEN, null)).isZero();
    assertThat(forceRollback(TOKEN, null)).isZero();

    assertThat(out.toString().lines())
        .containsExactly(
            "digits: rolled back",
            "a b/c: rolled back",
            "plain: has no challenger",
            "digits: already rolled back",
            "a b/c: already rolled back",
            "plain: has no challenger");
    assertThat(admin.decisions.log())
        .hasSize(2)
        .allMatch(decision -> decision.action() == Decision.Action.ROLLBACK)
        .allMatch(decision -> decision.reason().equals("drill"));
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void forceRollback_ofOneRoute_leavesTheOthers() {
    assertThat(forceRollback(TOKEN, "digits")).isZero();

    assertThat(admin.decisions.log()).singleElement().matches(d -> d.route().equals("digits"));
  }

  @Test
  void forceRollback_ofAnUnknownRoute_exits2() {
    assertThat(forceRollback(TOKEN, "nobody")).isEqualTo(2);
    assertThat(err.toString().lines())
        .containsExactly("force-rollback nobody: route nobody is not in the table");
  }

  @Test
  void forceRollback_whichCannotBeStored_isDoneAndSaysSo() {
    admin.decisions.failStorage("disk full");

    assertThat(forceRollback(TOKEN, null)).isZero();

    assertThat(err.toString().lines())
        .hasSize(2)
        .anyMatch(line -> line.startsWith("warning: digits: in force, but not written down"))
        .allMatch(line -> line.endsWith("a restart before that would undo it"));
    assertThat(out.toString().lines())
        .containsExactly("digits: rolled back", "a b/c: rolled back", "plain: has no challenger");
  }

  @Test
  void forceRollback_withoutTheToken_exits2() {
    assertThat(forceRollback(null, "digits")).isEqualTo(2);
    assertThat(admin.decisions.log()).isEmpty();
  }

  @Test
  void forceRollback_withoutAnInstance_exits3() throws Exception {
    URI url = URI.create(admin.url());
    admin.close();
    AdminClient client = new AdminClient(url, null, Duration.ofSeconds(5));

    assertThat(ForceRollback.call(client, null, "", new PrintWriter(out), new PrintWriter(err)))
        .isEqualTo(3);
    assertThat(err.toString()).startsWith("force-rollback: " + url);
  }

  private int forceRollback(@Nullable String token, @Nullable String route) {
    AdminClient client =
        new AdminClient(URI.create(admin.url()), token, AdminClient.DEFAULT_TIMEOUT);
    return ForceRollback.call(client, route, "drill", new PrintWriter(out), new PrintWriter(err));
  }
}
