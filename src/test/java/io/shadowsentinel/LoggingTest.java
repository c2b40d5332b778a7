package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.Configurator.ExecutionStatus;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import io.shadowsentinel.app.LogSetup;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.Isolated;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The log's outside: one line an event, with time and zone, on stderr. */
@Isolated("swaps System.err")
class LoggingTest {
  private static final String TIME =
      "\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}(Z|[+-]\\d\\d:\\d\\d)";

  @Test
  void event_plain_isOneLineWithTimeLevelThreadLoggerMessage() {
    String out = logged(log -> log.info("listening on {}", 8080));
    assertThat(out).matches(TIME + " INFO  \\[.+] LoggingTest - listening on 8080\\R");
  }

  @Test
  void event_withLineEndsAndSomethingThrown_isOneLine_withItsPlaceAndNoStack() {
    IllegalStateException cause = new IllegalStateException("first\nsecond");
    String out = logged(log -> log.warn("path /a\r\n2026 ERROR forged", cause));
    assertThat(out.lines()).hasSize(1);
    assertThat(out)
        .contains("path /a | 2026 ERROR forged - java.lang.IllegalStateException: first | second")
        .contains("(io.shadowsentinel.LoggingTest.event_with")
        .doesNotContain("at io.", "at java.", "\tat ", " | at ");
  }

  @Test
  void event_withACauseInALibrary_saysBothAndTheWayThere() {
    NumberFormatException inner =
        catchThrowableOfType(NumberFormatException.class, () -> Integer.parseInt("x"));
    Exception thrown = new Exception("outer", inner);
    String out = logged(log -> log.warn("no", thrown));
    assertThat(out)
        .contains("no - java.lang.Exception: outer (io.shadowsentinel.LoggingTest.")
        .containsPattern(
            ", caused by java.lang.NumberFormatException: .*x.* \\(java.* from io.shadowsentinel\\.");
  }

  @Test
  void event_withEndlessMessages_isCut() {
    String endless = "x".repeat(100_000);
    String out = logged(log -> log.warn(endless, new IllegalStateException(endless)));
    assertThat(out.length()).isLessThan(6_000);
  }

  @Test
  void event_manyOfAKindWithSomethingThrown_areFewLines_andOthersAreNotTouched() {
    IllegalStateException cause = new IllegalStateException("again");
    String out =
        logged(
            log -> {
              for (int i = 0; i < 1_000; i++) {
                log.warn("number {}", i, cause);
                log.info("information {}", i);
              }
              log.warn("another kind", cause);
            });
    assertThat(out.lines().filter(line -> line.contains("- number "))).hasSize(10);
    assertThat(out.lines().filter(line -> line.contains("- information "))).hasSize(1_000);
    assertThat(out).contains("another kind");
  }

  @Test
  void event_ofALibraryBelowWarn_isDropped() {
    LoggerContext context = new LoggerContext();
    configure(context);
    assertThat(context.getLogger("io.netty.channel").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("io.vertx.core").getEffectiveLevel()).isEqualTo(Level.WARN);
    assertThat(context.getLogger("io.shadowsentinel").getEffectiveLevel()).isEqualTo(Level.INFO);
    context.stop();
  }

  @Test
  void setUp_ofThisProcess_isOurs() {
    assertThat(LoggerFactory.getLogger(Logger.ROOT_LOGGER_NAME))
        .isInstanceOfSatisfying(
            ch.qos.logback.classic.Logger.class,
            root -> assertThat(root.getAppender("STDERR")).isNotNull());
  }

  @Test
  void setUp_withAFileNamedByTheOperator_isLeftToThat() {
    LoggerContext context = new LoggerContext();
    System.setProperty(ClassicConstants.CONFIG_FILE_PROPERTY, "own.xml");
    try {
      assertThat(new LogSetup().configure(context)).isEqualTo(ExecutionStatus.INVOKE_NEXT_IF_ANY);
      assertThat(context.getLogger(Logger.ROOT_LOGGER_NAME).iteratorForAppenders()).isExhausted();
    } finally {
      System.clearProperty(ClassicConstants.CONFIG_FILE_PROPERTY);
      context.stop();
    }
  }

  private static String logged(Consumer<Logger> action) {
    PrintStream stderr = System.err;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    LoggerContext context = new LoggerContext();
    System.setErr(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      configure(context);
      action.accept(context.getLogger(LoggingTest.class));
    } finally {
      context.stop();
      System.setErr(stderr);
    }
    return out.toString(StandardCharsets.UTF_8);
  }

  private static void configure(LoggerContext context) {
    context.setMDCAdapter(new LogbackMDCAdapter());
    assertThat(new LogSetup().configure(context))
        .isEqualTo(ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY);
  }
}
