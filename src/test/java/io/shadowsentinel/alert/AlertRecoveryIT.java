package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.decide.Decision;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class AlertRecoveryIT extends AlertFixture {

  @Test
  void restart_beforeDelivery_delivers() {
    receiver.behave(Receiver.status(503));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
    }
    receiver.rest();
    receiver.behave(Receiver.status(200));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().id())
          .isEqualTo(Notice.id(TestDecisions.rollback(1, "digits"), webhook().id()));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void crash_betweenOutboxAndCursor_deliversAgainUnderTheSameIdAndLosesNothing() throws Exception {
    String cursorBefore;
    try (Sentinel sentinel = sentinel().start(webhook())) {
      cursorBefore = sentinel.cursor();
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitEmptyOutbox();
      sentinel.awaitCount("delivered", 1);
    }
    String id = receiver.next().id();
    Files.writeString(outbox.resolve("cursor.json"), cursorBefore);
    log.add(TestDecisions.rollback(2, "digits"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().id()).isEqualTo(id);
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      sentinel.awaitCursor(2);
    }
  }

  @Test
  void decisions_takenWhileAlertsWereStopped_areToldInOrder() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
    receiver.rest();
    log.add(TestDecisions.rollback(2, "digits"));
    log.add(TestDecisions.restart(3, "digits"));
    log.add(TestDecisions.rollback(4, "digits"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(4);
      sentinel.awaitCursor(4);
    }
  }

  @Test
  void history_beforeTheFirstStart_isNotTold() {
    log.add(
        TestDecisions.withTime(
            TestDecisions.rollback(1, "digits"), TestDecisions.NOON.minusSeconds(1)));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(2, "digits"));

      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(2);
      sentinel.awaitCursor(2);
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void decision_whileTheLogDoesNotAnswerYet_isToldOnceItDoes() {
    try (Sentinel sentinel = sentinel()) {
      sentinel.startAlerts(webhook());
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.answerQueries();

      assertThat(receiver.next().body().get("seq").longValue()).isEqualTo(1);
      sentinel.awaitCursor(1);
    }
  }

  @Test
  void decision_whoseAnnouncementWasMissed_isToldWithTheNext() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCursor(1);
      sentinel.writeDown(TestDecisions.rollback(2, "digits"));
      sentinel.decide(TestDecisions.rollback(3, "digits"));

      assertThat(List.of(receiver.next(), receiver.next(), receiver.next()))
          .extracting(alert -> alert.body().get("seq").intValue())
          .containsExactly(1, 2, 3);
    }
  }

  @Test
  void log_thatWasReplaced_isReadFromItsBeginning() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      log.add(TestDecisions.promote(1, "digits"));
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.awaitCount("delivered", 1);
    }
    receiver.rest();
    log.clear();
    log.add(TestDecisions.rollback(1, "other"));

    try (Sentinel sentinel = sentinel().start(webhook())) {
      assertThat(receiver.next().body().get("route").textValue()).isEqualTo("other");
      sentinel.awaitCursor(1);
    }
  }

  @Test
  void outbox_overItsBound_givesUpTheOldestThatIsNotUnderWay() {
    CountDownLatch release = new CountDownLatch(1);
    List<Runnable> held = Collections.synchronizedList(new ArrayList<>());
    receiver.behave(
        (request, received) -> {
          if (release.getCount() > 0) {
            held.add(() -> request.response().end());
          } else {
            request.response().end();
          }
        });
    try (Sentinel sentinel = sentinel().tuned(Duration.ofSeconds(20), 2).start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Waits.until("the first is under way", () -> held.size() == 1);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.decide(TestDecisions.rollback(3, "digits"));
      sentinel.awaitCount("given_up", 1);
      release.countDown();
      receivers.runOnContext(x -> held.forEach(Runnable::run));
      sentinel.awaitCount("delivered", 2);
    }
    assertThat(receiver.rest())
        .extracting(alert -> alert.body().get("seq").intValue())
        .containsExactly(1, 3);
  }

  @Test
  void reload_withoutTheChannel_dropsWhatWaitsForItAndTellsTheNewOne() {
    receiver.behave(Receiver.status(503));
    Receiver other = Receiver.start(receivers);
    try (Sentinel sentinel = sentinel().start(webhook())) {
      for (int seq = 1; seq <= 3; seq++) {
        sentinel.decide(TestDecisions.rollback(seq, "digits"));
      }
      sentinel.awaitCursor(3);
      ChannelSettings next =
          new ChannelSettings(
              Type.WEBHOOK,
              other.url("/"),
              EnumSet.of(Decision.Action.PROMOTE, Decision.Action.ROLLBACK),
              null);
      AlertSettings.Applied applied =
          Waits.get(
              AlertSettings.CHANNEL.request(
                  sentinel.vertx.eventBus(),
                  new AlertSettings(List.of(next)),
                  AlertSettings.Applied.class));
      sentinel.awaitCount("dropped", 3);
      sentinel.awaitEmptyOutbox();
      sentinel.decide(TestDecisions.promote(4, "digits"));

      assertThat(applied.dropped()).isBetween(2, 3);
      assertThat(other.next().body().get("decision").textValue()).isEqualTo("PROMOTE");
      assertThat(sentinel.count("dropped")).isEqualTo(3);
    }
  }

  @Test
  void restart_withoutTheChannel_dropsWhatWaitsForIt() {
    receiver.behave(Receiver.status(503));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
    }
    try (Sentinel sentinel = sentinel().start()) {
      sentinel.awaitCount("dropped", 1);
      sentinel.awaitEmptyOutbox();
    }
  }

  @Test
  void outbox_thatCannotBeWritten_isTriedAgainUntilItCan() throws Exception {
    Path away = outbox.resolveSibling(outbox.getFileName() + "-away");
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
      Files.move(outbox, away);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      Waits.until(
          "an error", () -> logged.list.stream().anyMatch(e -> e.getLevel() == Level.ERROR));
      Files.move(away, outbox);

      sentinel.awaitCount("delivered", 2);
      sentinel.awaitCursor(2);
    }
    assertThat(receiver.rest())
        .extracting(alert -> alert.body().get("seq").intValue())
        .containsExactly(1, 2);
  }
}
