package io.shadowsentinel.text;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class OccasionalLogTest {
  private final AtomicLong now = new AtomicLong(-5);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
  private final Logger logger = new LoggerContext().getLogger("test");
  private final OccasionalLog log = new OccasionalLog(logger, Duration.ofNanos(100), now::get);

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @Test
  void error_isLoggedOnceInAnInterval_withHowManyWereLeftOut() {
    error(0);
    error(1);
    error(99);
    assertThat(lines.list).hasSize(1);
    error(100);
    assertThat(lines.list).hasSize(2);
    assertThat(lines.list).allSatisfy(e -> assertThat(e.getLevel()).isEqualTo(Level.ERROR));
    assertThat(lines.list.get(0).getFormattedMessage())
        .startsWith("broken: java.lang.IllegalStateException at " + getClass().getName())
        .contains("(0 like it");
    assertThat(lines.list.get(1).getFormattedMessage()).contains("(2 like it");
    // What it says may hold a piece of a body.
    assertThat(lines.list).allSatisfy(e -> assertThat(e.getThrowableProxy()).isNull());
    assertThat(lines.list)
        .allSatisfy(e -> assertThat(e.getFormattedMessage()).doesNotContain("why"));
    error(201);
    assertThat(lines.list.get(2).getFormattedMessage()).contains("(0 like it");
  }

  private void error(long afterNanos) {
    now.set(afterNanos - 5);
    log.error("broken", new IllegalStateException("why"));
  }
}
