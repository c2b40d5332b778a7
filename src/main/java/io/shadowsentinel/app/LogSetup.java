package io.shadowsentinel.app;

import ch.qos.logback.classic.ClassicConstants;
import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.PatternLayout;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ConfiguratorRank;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import ch.qos.logback.core.status.NopStatusListener;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sets up the log: one line an event on stderr, so that stdout stays free for what a command
 * answers. A line end inside a message is replaced: what a client sent must not be able to forge an
 * event, nor to fill the disk: {@link LogCause}, {@link LogAppender}. {@code SENTINEL_LOG_LEVEL}
 * sets the level: ERROR, WARN, INFO (default), DEBUG, TRACE.
 *
 * <p>Logback finds this class as a service. In code, because to read the same from XML takes a
 * tenth of the time from the start to the first request served. Another set-up may be named by
 * {@code -Dlogback.configurationFile=FILE} all the same.
 */
@ConfiguratorRank(ConfiguratorRank.CUSTOM_HIGH_PRIORITY)
public final class LogSetup extends ContextAwareBase implements Configurator {
  private static final String LEVEL = "SENTINEL_LOG_LEVEL";
  private static final String APPENDER = "STDERR";
  private static final String PATTERN =
      "%d{\"yyyy-MM-dd'T'HH:mm:ss.SSSXXX\"} %-5level [%thread] %logger{0} -"
          + " %replace(%replace(%.-4000msg %cause){'\\s*[\\r\\n]+\\s*', ' | '}){'[ |]+$', ''}%n";

  /**
   * They tell of every connection that breaks; Shadow Sentinel counts those and says what counts.
   */
  private static final Map<String, Level> LIBRARIES =
      Map.of(
          "io.netty", Level.WARN,
          "io.vertx", Level.WARN,
          "io.vertx.core.net.impl.ConnectionBase", Level.OFF,
          "io.vertx.core.http.impl.HttpClientRequestImpl", Level.OFF);

  @Override
  public ExecutionStatus configure(LoggerContext context) {
    if (System.getProperty(ClassicConstants.CONFIG_FILE_PROPERTY) != null) {
      return ExecutionStatus.INVOKE_NEXT_IF_ANY;
    }
    // Without a listener of its own Logback prints its own status at the first warning.
    context.getStatusManager().add(new NopStatusListener());
    LIBRARIES.forEach((name, level) -> context.getLogger(name).setLevel(level));
    ch.qos.logback.classic.Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.toLevel(System.getProperty(LEVEL, System.getenv(LEVEL)), Level.INFO));
    root.addAppender(stderr(context));
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  private static LogAppender stderr(LoggerContext context) {
    PatternLayout layout = new PatternLayout();
    layout.setContext(context);
    layout.getInstanceConverterMap().put("cause", LogCause::new);
    layout.setPattern(PATTERN);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    LogAppender appender = new LogAppender(System::nanoTime);
    appender.setContext(context);
    appender.setName(APPENDER);
    appender.setTarget("System.err");
    appender.setEncoder(encoder);
    appender.start();
    return appender;
  }

  /** Counts the lines that were left out. */
  static void bindTo(MeterRegistry registry) {
    if (LoggerFactory.getILoggerFactory() instanceof LoggerContext context
        && context.getLogger(Logger.ROOT_LOGGER_NAME).getAppender(APPENDER)
            instanceof LogAppender appender) {
      FunctionCounter.builder("shadow.sentinel.log.suppressed", appender, LogAppender::suppressed)
          .description("Lines of log that were left out, since there were many like them")
          .register(registry);
    }
  }
}
