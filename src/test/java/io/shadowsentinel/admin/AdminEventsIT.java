package io.shadowsentinel.admin;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.micrometer.core.instrument.Counter;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.table.RouteState;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.http.HttpResponse;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The event stream over real sockets. */
class AdminEventsIT {
  private AdminFixture admin;

  @BeforeEach
  void open() throws Exception {
    admin = new AdminFixture((String) null);
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .with(DecisionStandIn.shadowing("a b/c", DecisionStandIn.evidence(1, 0)))
        .with(DecisionStandIn.alone("plain"))
        .start();
  }

  @AfterEach
  void close() throws Exception {
    admin.close();
  }

  @Test
  void events_atConnect_tellEveryRouteAndThenChanges() throws Exception {
    try (EventReader events = listen()) {
      assertThat(events.next("route").json().path("name").asText()).isEqualTo("digits");
      assertThat(events.next("route").json().path("name").asText()).isEqualTo("a b/c");
      assertThat(events.next("route").json().path("name").asText()).isEqualTo("plain");

      admin.decisions.with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(151, 9)));

      JsonNode changed = events.next("route").json();
      assertThat(changed.path("name").asText()).isEqualTo("digits");
      assertThat(changed.at("/experiment/evidence/agree").asLong()).isEqualTo(151);

      admin.decisions.remove("plain");
      assertThat(events.next("route-removed").json().path("name").asText()).isEqualTo("plain");
    }
  }

  @Test
  void events_ofADecision_carryItsNumberAndAreFollowedByTheRoute() throws Exception {
    try (EventReader events = listen()) {
      events.next("route");
      admin.decisions.decide("digits", Decision.Action.PROMOTE, RouteState.PROMOTED);

      EventReader.Event decision = events.next("decision");
      assertThat(decision.id()).isEqualTo("1");
      assertThat(decision.json().path("decision").asText()).isEqualTo("PROMOTE");
      String state = "";
      while (!state.equals("PROMOTED")) {
        state = events.next("route").json().path("state").asText();
      }
      assertThat(state).isEqualTo("PROMOTED");
    }
  }

  @Test
  void events_afterAReconnect_bringMissedDecisionsInOrder() throws Exception {
    for (String action : List.of("pause", "resume", "promote")) {
      post("/api/v1/routes/digits/" + action, "{}");
    }

    try (EventReader events = listen("Last-Event-ID", "1")) {
      assertThat(events.next("decision").id()).isEqualTo("2");
      assertThat(events.next("decision").id()).isEqualTo("3");
    }
  }

  @Test
  void events_atAFirstConnect_setThePositionAndReplayNothing() throws Exception {
    post("/api/v1/routes/digits/pause", "{}");
    post("/api/v1/routes/digits/resume", "{}");

    try (EventReader events = listen()) {
      assertThat(events.next("route").id()).isEqualTo("2");
      post("/api/v1/routes/digits/promote", "{}");
      assertThat(events.next("decision").id()).isEqualTo("3");
      assertThat(events.lastId()).isEqualTo("3");
    }
  }

  @Test
  void events_withABadLastEventId_areRefused() throws Exception {
    assertThat(admin.send("GET", "/api/v1/events", null, "Last-Event-ID", "abc").statusCode())
        .isEqualTo(400);
  }

  @Test
  void events_overTheBound_areRefusedAndCounted_andAPlaceIsFreedByLeaving() throws Exception {
    java.util.ArrayDeque<EventReader> readers = new java.util.ArrayDeque<>();
    try {
      for (int i = 0; i < EventHub.MAX_CLIENTS; i++) {
        readers.add(listen());
      }
      HttpResponse<String> refused = admin.send("GET", "/api/v1/events", null);
      assertThat(refused.statusCode()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).isPresent();
      assertThat(get("/metrics").body())
          .contains("shadow_sentinel_admin_event_streams_total{result=\"refused\"} 1.0")
          .contains("shadow_sentinel_admin_event_clients 256.0");
    } finally {
      for (EventReader reader : readers) {
        reader.close();
      }
    }
    until("shadow_sentinel_admin_event_clients 0.0");
  }

  @Test
  void events_whenNobodyListens_askNothing() throws Exception {
    try (EventReader events = listen()) {
      events.next("route");
    }
    until("shadow_sentinel_admin_event_clients 0.0");
    int asked = admin.decisions.statusQuestions.get();

    admin.decisions.decide("digits", Decision.Action.PAUSE, RouteState.PAUSED);
    // Two periods of the poll on the same event loop: a third question would have been asked.
    admin.vertx.timer(2 * EventHub.POLL_MILLIS, TimeUnit.MILLISECONDS).await(30, TimeUnit.SECONDS);

    assertThat(admin.decisions.statusQuestions.get()).isEqualTo(asked);
  }

  @Test
  void events_forAListenerThatDoesNotRead_endAndAreCounted_andOthersGetThemAll() throws Exception {
    Decision sample = sampleDecision();
    Counter letGo =
        admin
            .registry
            .get("shadow.sentinel.admin.event.streams")
            .tag("result", "too_slow")
            .counter();
    try (Socket silent = new Socket();
        EventReader events = listen()) {
      silent.setReceiveBufferSize(4_096);
      silent.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), admin.port()));
      silent
          .getOutputStream()
          .write("GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n".getBytes(US_ASCII));
      until("shadow_sentinel_admin_event_streams_total{result=\"opened\"} 2.0");

      long sent = 0;
      // What the kernel's buffers and our bound hold is some megabytes: far less than this.
      while (letGo.count() == 0 && sent < 20_000) {
        sent++;
        Decision.CHANNEL.publish(admin.vertx.eventBus(), numbered(sample, sent));
        assertThat(events.next("decision").id()).isEqualTo(Long.toString(sent));
      }

      assertThat(letGo.count()).isEqualTo(1);
      until("shadow_sentinel_admin_event_clients 1.0");
    }
  }

  private Decision sampleDecision() {
    admin.decisions.decide("digits", Decision.Action.PAUSE, RouteState.PAUSED);
    return admin.decisions.log().get(0);
  }

  private static Decision numbered(Decision like, long seq) {
    return new Decision(
        seq,
        like.time(),
        like.route(),
        like.action(),
        like.experiment(),
        like.champion(),
        like.challenger(),
        like.from(),
        like.to(),
        like.by(),
        "x".repeat(10_000),
        like.origin(),
        like.evidence(),
        like.tableVersion());
  }

  @Test
  void stop_endsTheStreams() throws Exception {
    try (EventReader events = listen()) {
      events.next("route");
      admin.undeploy();
      assertThat(events.next("end").type()).isEqualTo("end");
    }
  }

  private EventReader listen(String... headers) throws Exception {
    var answer = admin.open("/api/v1/events", headers);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Content-Type")).contains("text/event-stream");
    return new EventReader(answer.body());
  }

  /** Waits until the metrics show the line; the other end learns of a closed socket in time. */
  private void until(String line) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    String metrics = get("/metrics").body();
    while (!metrics.contains(line) && System.nanoTime() < end) {
      metrics = get("/metrics").body();
    }
    assertThat(metrics).contains(line);
  }

  private HttpResponse<String> get(String path) throws Exception {
    return admin.send("GET", path, null);
  }

  private HttpResponse<String> post(String path, String body) throws Exception {
    return admin.send("POST", path, body, "Content-Type", "application/json; charset=utf-8");
  }

  private static JsonNode json(HttpResponse<String> answer) throws Exception {
    return AdminJson.mapper().readTree(answer.body());
  }
}
