package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.spi.ILoggingEvent;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.alert.Receiver.Received;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RoutingTable;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class AlertDeliveryIT extends AlertFixture {

  @Test
  void rollback_receiverIsUp_isDeliveredOnce() {
    try (Sentinel sentinel = sentinel().start(webhook())) {
      Decision rollback = TestDecisions.rollback(1, "digits");
      sentinel.decide(rollback);
      Received alert = receiver.next();

      assertThat(alert.method()).isEqualTo("POST");
      assertThat(alert.path()).isEqualTo(PATH);
      assertThat(alert.contentType()).isEqualTo("application/json");
      assertThat(alert.id()).isEqualTo(Notice.id(rollback, webhook().id()));
      assertThat(alert.body().get("id").textValue()).isEqualTo(alert.id());
      assertThat(alert.body().get("decision").textValue()).isEqualTo("ROLLBACK");
      sentinel.awaitEmptyOutbox();
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isZero();
      assertThat(sentinel.registry.get("shadow.sentinel.alerts.pending").gauge().value()).isZero();
    }
    assertThat(receiver.rest()).isEmpty();
  }

  @Test
  void rollback_receiverIsDownThenUp_isDelivered() {
    ChannelSettings channel = webhook();
    int port = receiver.port();
    receiver.down();
    try (Sentinel sentinel = sentinel().start(channel)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 2);
      receiver.listen(port);

      assertThat(receiver.next().body().get("route").textValue()).isEqualTo("digits");
      sentinel.awaitCount("delivered", 1);
    }
  }

  @Test
  void rollback_receiverFailsThenRecovers_isDeliveredUnderTheSameId() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) ->
            Receiver.status(calls.getAndIncrement() < 2 ? 500 : 204).accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      Received first = receiver.next();

      assertThat(List.of(receiver.next(), receiver.next())).containsOnly(first);
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(2);
    }
    assertThat(warnings()).as("one line for all the attempts").hasSize(1);
  }

  @Test
  void rollback_receiverNeverAnswers_isTriedAgainAndNoSecretIsLogged() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) -> {
          if (calls.getAndIncrement() > 0) {
            request.response().end();
          }
        });
    try (Sentinel sentinel = sentinel().tuned(Duration.ofMillis(150), 100).start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(1);
    }
    assertThat(warnings()).singleElement().asString().contains("no answer in 150 ms");
    assertThat(logged.list).isNotEmpty();
    assertThat(logged.list)
        .extracting(ILoggingEvent::getFormattedMessage)
        .noneMatch(line -> line.contains("secret"));
  }

  @Test
  void rollback_receiverRedirects_isNotFollowed() {
    Receiver elsewhere = Receiver.start(receivers);
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) -> {
          request.response().putHeader("Location", elsewhere.url("/").toString());
          request.response().setStatusCode(calls.getAndIncrement() == 0 ? 307 : 200).end();
        });
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);
      assertThat(sentinel.count("retried")).isEqualTo(1);
    }
    assertThat(elsewhere.rest()).isEmpty();
  }

  @Test
  void rollback_receiverAnswersWithAnEndlessBody_isDeliveredAndHungUpOn() throws Exception {
    CountDownLatch hungUp = new CountDownLatch(1);
    receiver.behave(
        (request, received) -> {
          request.connection().closeHandler(closed -> hungUp.countDown());
          request.response().setChunked(true);
          receivers.setPeriodic(
              1,
              id ->
                  request
                      .response()
                      .write("x".repeat(16_384))
                      .onFailure(e -> receivers.cancelTimer(id)));
        });
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("delivered", 1);

      assertThat(hungUp.await(Waits.BOUND_SECONDS, TimeUnit.SECONDS)).isTrue();
    }
  }

  @Test
  void url_withAUser_sendsBasicCredentials() {
    List<String> credentials = Collections.synchronizedList(new ArrayList<>());
    receiver.behave(
        (request, received) -> {
          credentials.add(request.getHeader("Authorization"));
          request.response().end();
        });
    URI url = URI.create("http://user:p%40ss@127.0.0.1:" + receiver.port());
    try (Sentinel sentinel = sentinel().start(ChannelSettings.of(Type.WEBHOOK, url))) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      assertThat(receiver.next().path()).isEqualTo("/");
      sentinel.awaitCount("delivered", 1);
    }
    assertThat(credentials).containsExactly("Basic dXNlcjpwQHNz");
  }

  @Test
  void resolve_whileItsAlertIsNotDelivered_waitsForIt() {
    AtomicInteger calls = new AtomicInteger();
    receiver.behave(
        (request, received) ->
            Receiver.status(calls.getAndIncrement() < 3 ? 503 : 200).accept(request, received));
    ChannelSettings alertmanager = ChannelSettings.of(Type.ALERTMANAGER, receiver.url(""));
    try (Sentinel sentinel = sentinel().start(alertmanager)) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.decide(TestDecisions.restart(2, "digits"));
      sentinel.awaitCount("delivered", 2);
    }
    List<Received> alerts = receiver.rest();
    assertThat(alerts)
        .extracting(alert -> alert.body().at("/0/endsAt").textValue())
        .containsExactly(
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-08T12:00:01Z",
            "2026-03-01T12:00:02Z");
    assertThat(alerts.get(4).body().at("/0/labels"))
        .isEqualTo(alerts.get(0).body().at("/0/labels"));
  }

  @Test
  void route_thatCannotBeDelivered_doesNotHoldUpAnother() {
    receiver.behave(
        (request, received) ->
            Receiver.status(received.text().contains("\"route\":\"stuck\"") ? 503 : 200)
                .accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "stuck"));
      sentinel.awaitCount("retried", 1);
      sentinel.decide(TestDecisions.rollback(2, "free"));
      sentinel.awaitCount("delivered", 1);

      // It is counted an instant before its file is gone.
      Await.until("the other one alone waits", () -> sentinel.waiting() == 1);
    }
  }

  @Test
  void alert_olderThanADay_isGivenUpAndTheNextIsDelivered() {
    receiver.behave(
        (request, received) ->
            Receiver.status(received.body().get("seq").intValue() == 1 ? 403 : 200)
                .accept(request, received));
    try (Sentinel sentinel = sentinel().start(webhook())) {
      sentinel.decide(TestDecisions.rollback(1, "digits"));
      sentinel.awaitCount("retried", 1);
      clock.advance(Duration.ofHours(24));
      sentinel.awaitCount("given_up", 1);
      sentinel.decide(TestDecisions.rollback(2, "digits"));
      sentinel.awaitCount("delivered", 1);
      sentinel.awaitEmptyOutbox();
    }
    assertThat(logged.list)
        .filteredOn(event -> event.getLevel() == Level.ERROR)
        .singleElement()
        .asString()
        .contains("given up", "it answered 403");
  }

  @Test
  void metrics_ofKnownRoutes_areThereAtZero() {
    RouteSpec spec =
        new RouteSpec(
            "digits",
            Match.path("/"),
            new Model("digits-v1", List.of(URI.create("http://127.0.0.1:1"))),
            null,
            RouteSpec.DEFAULT_TIMEOUT,
            RouteSpec.DEFAULT_CONNECT_TIMEOUT,
            MirrorSettings.DEFAULTS);
    try (Sentinel sentinel = sentinel().start(webhook())) {
      RoutingTable.CHANNEL.publish(
          sentinel.vertx.eventBus(), new RoutingTable(1, List.of(Route.open(spec, "exp-1"))));
      Waits.until(
          "four series",
          () ->
              sentinel
                      .registry
                      .find("shadow.sentinel.alerts")
                      .tag("route", "digits")
                      .counters()
                      .size()
                  == 4);
      assertThat(sentinel.registry.find("shadow.sentinel.alerts").counters())
          .allMatch(counter -> counter.count() == 0);
    }
  }

  @Test
  void deployment_onAnEventLoop_isRefused() {
    try (Sentinel sentinel = sentinel()) {
      AlertVerticle verticle =
          new AlertVerticle(List.of(), outbox, clock, sentinel.registry, sentinel.tls);

      assertThatThrownBy(() -> Waits.get(sentinel.vertx.deployVerticle(verticle)))
          .hasRootCauseInstanceOf(IllegalStateException.class)
          .hasStackTraceContaining("expected a worker");
    }
  }
}
