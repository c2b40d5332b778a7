package io.shadowsentinel.alert;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.decide.Decision;
import io.vertx.core.Vertx;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** What the tests of the running alerts share: a receiver, a decision log, a clock, the log. */
abstract class AlertFixture {

  static final String PATH = "/services/T000/secret-path?token=secret-token";

  @TempDir Path outbox;
  final Vertx receivers = Vertx.vertx();
  final List<Decision> log = new ArrayList<>();
  final Sentinel.ManualClock clock = new Sentinel.ManualClock();
  final ListAppender<ILoggingEvent> logged = new ListAppender<>();
  final Logger logger = (Logger) LoggerFactory.getLogger("io.shadowsentinel.alert");
  Receiver receiver;

  @BeforeEach
  void startReceiver() {
    receiver = Receiver.start(receivers);
    logged.list = new CopyOnWriteArrayList<>();
    logged.start();
    logger.addAppender(logged);
  }

  @AfterEach
  void stopReceiver() {
    logger.detachAppender(logged);
    Waits.get(receivers.close());
  }

  Sentinel sentinel() {
    return new Sentinel(log, outbox, clock);
  }

  ChannelSettings webhook() {
    return ChannelSettings.of(Type.WEBHOOK, receiver.url(PATH));
  }

  List<ILoggingEvent> warnings() {
    return logged.list.stream().filter(event -> event.getLevel() == Level.WARN).toList();
  }
}
