package io.shadowsentinel.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.LoggingEvent;
import ch.qos.logback.classic.util.LogbackMDCAdapter;
import ch.qos.logback.core.encoder.EncoderBase;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class LogAppenderTest {
  private final List<String> lines = new ArrayList<>();
  private final LoggerContext context = new LoggerContext();
  private long nanos = 7;
  private final LogAppender appender = new LogAppender(() -> nanos);

  private final class Lines extends EncoderBase<ILoggingEvent> {
    @Override
    public byte[] headerBytes() {
      return new byte[0];
    }

    @Override
    public byte[] encode(ILoggingEvent event) {
      lines.add(event.getFormattedMessage());
      return new byte[0];
    }

    @Override
    public byte[] footerBytes() {
      return new byte[0];
    }
  }

  @BeforeEach
  void start() {
    context.setMDCAdapter(new LogbackMDCAdapter());
    appender.setContext(context);
    appender.setEncoder(new Lines());
    appender.start();
  }

  @AfterEach
  void stop() {
    appender.stop();
  }

  private void log(String logger, Level level, String message, Object... arguments) {
    Logger from = context.getLogger(logger);
    appender.doAppend(new LoggingEvent("test", from, level, message, null, arguments));
  }

  private void warn(int times, String logger) {
    for (int i = 0; i < times; i++) {
      log(logger, Level.WARN, "made " + i);
    }
  }

  @Test
  void library_warnsUpToTheBound_andWhatIsOverIsCounted() {
    warn(LogAppender.LINES, "io.netty.X");
    assertThat(appender.suppressed()).isZero();
    warn(3, "io.netty.X");
    assertThat(lines).hasSize(LogAppender.LINES);
    assertThat(appender.suppressed()).isEqualTo(3);
    warn(1, "io.netty.Y");
    assertThat(lines).hasSize(LogAppender.LINES + 1);
  }

  @Test
  void interval_whenItIsOver_saysWhatWasLeftOut_once() {
    warn(LogAppender.LINES + 3, "io.netty.X");
    lines.clear();
    nanos += LogAppender.INTERVAL_NANOS - 1;
    warn(1, "io.netty.X");
    assertThat(lines).isEmpty();
    nanos++;
    warn(2, "io.netty.Y");
    assertThat(lines).containsExactly("suppressed 4 lines of io.netty.X", "made 0", "made 1");
  }

  @Test
  void own_linesWithoutSomethingThrown_areAllWritten() {
    for (int i = 0; i < 1_000; i++) {
      log("io.shadowsentinel.decide.X", Level.WARN, "route {}", i);
      log("io.netty.X", Level.INFO, "number {}", i);
    }
    assertThat(lines).hasSize(2_000);
  }

  @Test
  void kinds_inAnyNumber_areBounded() {
    for (int i = 0; i < 2_000; i++) {
      log("io.vertx.X" + i, Level.WARN, "made");
    }
    assertThat(lines.size()).isLessThan(300);
  }
}
