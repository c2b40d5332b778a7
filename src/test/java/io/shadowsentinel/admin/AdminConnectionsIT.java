package io.shadowsentinel.admin;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.Await;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Callers that open many connections, and callers that take their time. */
class AdminConnectionsIT {
  private static final Duration NEVER = Duration.ofDays(1);
  private static final Duration SOON = Duration.ofMillis(1);
  private static final String LIVE = "GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n";

  private final List<Socket> sockets = new ArrayList<>();
  private AdminFixture admin;

  private void open(int connections, Duration firstHead, Duration idle, Duration request)
      throws Exception {
    admin =
        AdminFixture.of(
            new AdminSettings("127.0.0.1", 0, null),
            new AdminConnections.Limits(connections, firstHead, idle, request));
    admin.decisions.with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(1, 1))).start();
  }

  @AfterEach
  void close() throws Exception {
    for (Socket socket : sockets) {
      socket.close();
    }
    admin.close();
  }

  private Socket connect() throws IOException {
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), admin.port());
    socket.setSoTimeout(30_000);
    sockets.add(socket);
    return socket;
  }

  private static void send(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(ISO_8859_1));
    socket.getOutputStream().flush();
  }

  /** Reads up to a text, or to the end. */
  private static String read(Socket socket, String upTo) throws IOException {
    StringBuilder text = new StringBuilder();
    InputStream in = socket.getInputStream();
    try {
      for (int octet = in.read(); octet >= 0; octet = in.read()) {
        text.append((char) octet);
        if (text.indexOf(upTo) >= 0) {
          break;
        }
      }
    } catch (SocketException reset) {
      text.append("(reset)");
    }
    return text.toString();
  }

  private static void assertEnds(Socket socket) throws IOException {
    assertThat(read(socket, "\u0000")).isIn("", "(reset)");
  }

  private double closed(String reason) {
    return admin.count("shadow.sentinel.admin.connections.closed", "reason", reason);
  }

  private double connections() {
    return admin.registry.get("shadow.sentinel.admin.connections").gauge().value();
  }

  @Test
  void connectionsOverTheBound_takeThePlaceOfThoseThatAreIdleForLongest() throws Exception {
    open(3, NEVER, NEVER, NEVER);
    Socket first = connect();
    send(first, LIVE);
    assertThat(read(first, "}]}")).startsWith("HTTP/1.1 200 ");
    Socket second = connect();
    Socket third = connect();
    Await.until("all are counted", () -> connections() == 3);
    send(first, LIVE);
    assertThat(read(first, "}]}")).startsWith("HTTP/1.1 200 ");

    Socket fourth = connect();
    send(fourth, LIVE);

    assertThat(read(fourth, "}]}")).startsWith("HTTP/1.1 200 ");
    assertEnds(second);
    send(third, LIVE);
    assertThat(read(third, "}]}")).startsWith("HTTP/1.1 200 ");
    assertThat(connections()).isEqualTo(3);
    assertThat(closed("made_way")).isEqualTo(1);
  }

  @Test
  void connectionsWithARequest_makeNoWay() throws Exception {
    open(1, NEVER, NEVER, NEVER);
    Socket listening = connect();
    send(listening, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(read(listening, "event: route")).startsWith("HTTP/1.1 200 ");

    assertEnds(connect());

    assertThat(closed("full")).isEqualTo(1);
    listening.close();
    Await.until("its place is free", () -> connections() == 0);
    Socket next = connect();
    send(next, LIVE);
    assertThat(read(next, "}]}")).startsWith("HTTP/1.1 200 ");
  }

  @Test
  void headThatDoesNotCome_isNotWaitedFor() throws Exception {
    open(8, SOON, NEVER, NEVER);
    Socket silent = connect();
    Socket slow = connect();
    send(slow, "GET /health/live HTTP/1.1\r\nHost: loc");

    assertEnds(silent);
    assertEnds(slow);
    assertThat(closed("too_slow")).isEqualTo(2);
  }

  @Test
  void nextHeadThatDoesNotCome_isNotWaitedFor() throws Exception {
    open(8, NEVER, SOON, NEVER);
    Socket kept = connect();
    send(kept, LIVE + "GET /health/li");

    assertThat(read(kept, "\u0000")).startsWith("HTTP/1.1 200 ");
    assertThat(closed("too_slow")).isEqualTo(1);
  }

  @Test
  void bodyThatDoesNotCome_isNotWaitedFor() throws Exception {
    open(8, NEVER, NEVER, SOON);
    Socket slow = connect();
    send(
        slow,
        "POST /api/v1/routes/r/pause HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{");

    assertEnds(slow);
    assertThat(closed("too_slow")).isEqualTo(1);
    assertThat(admin.decisions.log()).isEmpty();
  }

  @Test
  void listener_mayStayForAsLongAsItLikes() throws Exception {
    open(8, NEVER, NEVER, SOON);
    Socket listening = connect();
    send(listening, "GET /api/v1/events HTTP/1.1\r\nHost: localhost\r\n\r\n");
    assertThat(read(listening, "event: route")).startsWith("HTTP/1.1 200 ");
    Socket slow = connect();
    send(
        slow,
        "POST /api/v1/routes/r/pause HTTP/1.1\r\nHost: localhost\r\n"
            + "Content-Type: application/json\r\nContent-Length: 2\r\n\r\n{");
    // The sweep that takes this one has passed over the listener.
    assertEnds(slow);

    admin.decisions.with(DecisionStandIn.shadowing("r", DecisionStandIn.evidence(2, 1)));
    assertThat(read(listening, "event: route")).endsWith("event: route");
    assertThat(closed("too_slow")).isEqualTo(1);
  }
}
