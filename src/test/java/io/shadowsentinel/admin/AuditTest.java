package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class AuditTest {
  private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 10);
  private final Audit audit = new Audit(new SimpleMeterRegistry(), clock::get);
  private final Logger logger = (Logger) LoggerFactory.getLogger(Audit.class);
  private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

  @BeforeEach
  void listen() {
    lines.start();
    logger.addAppender(lines);
  }

  @AfterEach
  void leave() {
    logger.detachAppender(lines);
  }

  @Test
  void linesThatAnyoneCanCause_areOneASecond_andTellHowManyWereLeftOut() {
    for (int i = 0; i < 5; i++) {
      audit.wrongToken("10.0.0." + i);
    }
    clock.addAndGet(Duration.ofSeconds(1).toNanos() - 1);
    audit.wrongToken("10.0.0.8");
    clock.addAndGet(1);
    audit.wrongToken("10.0.0.9");

    assertThat(lines.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .containsExactly(
            "a wrong token from 10.0.0.0 (0 more like it since the last of these lines)",
            "a wrong token from 10.0.0.9 (5 more like it since the last of these lines)");
  }
}
