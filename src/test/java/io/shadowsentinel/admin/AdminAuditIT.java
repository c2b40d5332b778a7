package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.shadowsentinel.kit.Await;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** What is said of actions that were asked for, and by whom. */
class AdminAuditIT {
  private final Logger logger = (Logger) LoggerFactory.getLogger(Audit.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    lines.list = new CopyOnWriteArrayList<>();
    lines.start();
    logger.addAppender(lines);
    admin =
        AdminFixture.of(
            new AdminAccess(
                List.of(
                    new AdminToken("olga", AdminToken.Role.OPERATOR, "olga-token", null),
                    new AdminToken("eve", AdminToken.Role.VIEWER, "eve-token", null)),
                AdminAccess.Reads.OPEN,
                false,
                List.of()));
    admin.decisions.with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1))).start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
    logger.detachAppender(lines);
  }

  private void act(String path, String token) throws Exception {
    admin.send("POST", "/api/v1/routes/" + path, null, "Authorization", "Bearer " + token);
  }

  private List<String> said() {
    return List.copyOf(lines.list).stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          r/pause    | olga-token | pause    | done          | -
          r/resume   | olga-token | resume   | refused       | resume of route r by olga from 127.0.0.1 was refused with 409: r is SHADOWING, which cannot RESUME
          none/pause | olga-token | pause    | no_such_route | pause of route none by olga from 127.0.0.1 was refused with 404: route none is not in the table
          r/rollback | eve-token  | rollback | forbidden     | rollback of route r by eve from 127.0.0.1 was refused with 403: token eve: a viewer's (expected an operator's)
          """)
  void action_isCounted_andIfRefusedItIsSaidToWhom(
      String path, String token, String action, String result, String line) throws Exception {
    act(path, token);

    Await.until(
        "it is counted",
        () ->
            admin.registry.find("shadow.sentinel.admin.actions").counter() != null
                && admin.count("shadow.sentinel.admin.actions", "action", action, "result", result)
                    == 1);
    List<String> expected = line.equals("-") ? List.of() : List.of(line);
    Await.value("what is said", this::said, expected::equals);
  }

  @Test
  void unknownCallers_areCounted_andSaid_withoutWhatTheyShowed() throws Exception {
    for (int i = 0; i < 5; i++) {
      act("r/promote", "guess-token-" + i);
    }

    Await.until(
        "all are counted",
        () ->
            admin.count(
                    "shadow.sentinel.admin.actions", "action", "promote", "result", "unauthorized")
                == 5);
    assertThat(said().get(0)).startsWith("a wrong token from 127.0.0.1 (0 more like it");
    assertThat(said()).noneMatch(line -> line.contains("guess"));
  }

  @Test
  void nameThatWouldSteerATerminal_isSaidWithoutThat() throws Exception {
    act("a%1b%5b2J%0aINFO%20all%20is%20well/pause", "olga-token");

    Await.until("it is said", () -> !said().isEmpty());
    assertThat(said().get(0))
        .startsWith("pause of route a [2J INFO all is well by olga")
        .doesNotContainPattern("\\p{Cntrl}");
  }
}
