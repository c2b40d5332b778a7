package io.shadowsentinel.proxy;

import static io.shadowsentinel.kit.RawHttp2Client.DATA;
import static io.shadowsentinel.kit.RawHttp2Client.END_HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.END_STREAM;
import static io.shadowsentinel.kit.RawHttp2Client.HEADERS;
import static io.shadowsentinel.kit.RawHttp2Client.RST_STREAM;
import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.handler.codec.http2.Http2Exception;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawHttp2Client;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.RawServer;
import io.shadowsentinel.kit.RawServer.Frame;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.tls.ClientTls;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.IntFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One behaviour towards what an upstream sends, whatever it speaks: each case goes over {@code
 * http}, {@code https}, {@code h2c} and {@code https} with HTTP/2, to a user of HTTP/1.1 and to one
 * of HTTP/2.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class UpstreamAnswersIT {
  private static final TestCa CA = TestCa.create("Test CA");

  /** What the user is to see. */
  private enum Seen {
    OK,
    /** 502, and nothing of the answer. */
    BAD_GATEWAY,
    /** 502, or an answer that visibly does not end. */
    BROKEN
  }

  /**
   * An answer.
   *
   * @param http1 null where HTTP/1.1 has no such thing; otherwise what is sent
   * @param closes whether the connection is closed behind that
   * @param http2 null where HTTP/2 has no such thing; otherwise frames for a stream
   */
  private record Case(
      String name,
      Seen seen,
      @Nullable String http1,
      boolean closes,
      @Nullable IntFunction<byte[]> http2) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Case> CASES = new ArrayList<>();
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
  private static final String CHUNKED = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n";

  private static void add(
      String name, Seen seen, @Nullable String http1, @Nullable IntFunction<byte[]> http2) {
    CASES.add(new Case(name, seen, http1, false, http2));
  }

  private static byte[] head(int stream, boolean last, String... fields) {
    int flags = END_HEADERS | (last ? END_STREAM : 0);
    return RawHttp2Client.frameOf(HEADERS, flags, stream, RawHttp2Client.block(fields));
  }

  private static byte[] data(int stream, boolean last, String text) {
    return RawHttp2Client.frameOf(DATA, last ? END_STREAM : 0, stream, text.getBytes(ISO_8859_1));
  }

  private static byte[] all(byte[]... frames) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    for (byte[] frame : frames) {
      joined.writeBytes(frame);
    }
    return joined.toByteArray();
  }

  private static byte[] ok(int stream, String... more) {
    String[] fields = new String[2 + more.length];
    fields[0] = ":status";
    fields[1] = "200";
    System.arraycopy(more, 0, fields, 2, more.length);
    return all(head(stream, false, fields), data(stream, true, "ok"));
  }

  private static void interim(int status) {
    add(
        "interim " + status,
        Seen.OK,
        "HTTP/1.1 " + status + " Interim\r\nX-A: b\r\n\r\n" + OK,
        s -> all(head(s, false, ":status", "" + status, "x-a", "b"), ok(s)));
  }

  private static void status(String status) {
    add(
        "status " + status,
        Seen.BAD_GATEWAY,
        "HTTP/1.1 " + status + " X\r\nContent-Length: 2\r\n\r\nok",
        s -> all(head(s, false, ":status", status), data(s, true, "ok")));
  }

  private static void field(String what, @Nullable String line, String name, String value) {
    add(
        what,
        Seen.BAD_GATEWAY,
        line == null ? null : "HTTP/1.1 200 OK\r\n" + line + "\r\nContent-Length: 2\r\n\r\nok",
        s -> ok(s, name, value));
  }

  private static void trailer(String what, @Nullable String line, String name, String value) {
    add(
        "trailer: " + what,
        Seen.BROKEN,
        line == null ? null : CHUNKED + "2\r\nok\r\n0\r\n" + line + "\r\n\r\n",
        s ->
            all(
                head(s, false, ":status", "200"),
                data(s, false, "ok"),
                head(s, true, name, value)));
  }

  static {
    add("plain", Seen.OK, OK, s -> ok(s, "content-length", "2"));
    add("no length", Seen.OK, CHUNKED + "2\r\nok\r\n0\r\n\r\n", UpstreamAnswersIT::ok);
    add(
        "trailers",
        Seen.OK,
        CHUNKED + "2\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n",
        s ->
            all(
                head(s, false, ":status", "200"),
                data(s, false, "ok"),
                head(s, true, "x-sum", "1")));
    add(
        "space around a value",
        Seen.OK,
        "HTTP/1.1 200 OK\r\nX-A: \t b \r\nContent-Length: 2\r\n\r\nok",
        s -> ok(s, "x-a", "\t b "));
    for (int status : new int[] {100, 102, 103, 104, 199}) {
      interim(status);
    }
    add(
        "more interim answers than are passed on",
        Seen.OK,
        "HTTP/1.1 102 X\r\n\r\n".repeat(40) + OK,
        s -> {
          byte[][] frames = new byte[41][];
          Arrays.fill(frames, head(s, false, ":status", "102"));
          frames[40] = ok(s);
          return all(frames);
        });
    add("interim that ends", Seen.BAD_GATEWAY, null, s -> head(s, true, ":status", "103"));
    add(
        "an unasked 101",
        Seen.BAD_GATEWAY,
        "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n",
        s -> all(head(s, false, ":status", "101"), ok(s)));
    for (String status : new String[] {"99", "099", "000", "1000", "2000", "20", "2x0", ""}) {
      status(status);
    }
    add("no status", Seen.BAD_GATEWAY, null, s -> all(head(s, false, "x", "y"), data(s, true, "")));
    field("status twice", null, ":status", "201");
    field("another pseudo field", null, ":path", "/");
    field("space in a name", "A B: c", "a b", "c");
    field("colon in a name", null, "a:b", "c");
    field("capitals in a name", null, "X-A", "c");
    field("no name", ": c", "", "c");
    field("line feed in a name", null, "a\nb", "c");
    field("NUL in a name", "A\0B: c", "a\0b", "c");
    field("a name beyond ASCII", "\u00e9: c", "\u00e9", "c");
    field("line feed in a value", null, "x-a", "b\nset-cookie: c");
    field("line feed before a value", null, "x-a", "\nb");
    field("carriage return in a value", "X-A: b\rc", "x-a", "b\rc");
    field("line end in a value", null, "x-a", "b\r\nc");
    field("NUL in a value", "X-A: b\0", "x-a", "b\0");
    field("escape in a value", "X-A: \u001b[0m", "x-a", "\u001b[0m");
    field(
        "Transfer-Encoding and Content-Length",
        "Transfer-Encoding: chunked",
        "transfer-encoding",
        "chunked");
    field("a field of one connection", null, "connection", "close");
    field("Content-Length that is none", "Content-Length: +2", "content-length", "+2");
    add(
        "two lengths",
        Seen.BAD_GATEWAY,
        "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nok",
        s -> ok(s, "content-length", "2", "content-length", "3"));
    add(
        "Transfer-Encoding twice",
        Seen.BAD_GATEWAY,
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "2\r\nok\r\n0\r\n\r\n",
        null);
    add(
        "a chunk of 2^64+5",
        Seen.BROKEN,
        CHUNKED + "10000000000000005\r\nhello\r\n0\r\n\r\n",
        null);
    add("a chunk too long", Seen.BROKEN, CHUNKED + "1\r\nok\r\n0\r\n\r\n", null);
    CASES.add(
        new Case(
            "a length, and no body",
            Seen.BROKEN,
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n",
            true,
            s -> head(s, true, ":status", "200", "content-length", "5")));
    CASES.add(
        new Case(
            "a body shorter than its length",
            Seen.BROKEN,
            "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nok",
            true,
            s -> ok(s, "content-length", "5")));
    add("a body longer than its length", Seen.BROKEN, null, s -> ok(s, "content-length", "1"));
    add("a body before its head", Seen.BROKEN, null, s -> all(data(s, false, "ok"), ok(s)));
    add(
        "two heads",
        Seen.BROKEN,
        null,
        s -> all(head(s, false, ":status", "200"), head(s, false, ":status", "200"), ok(s)));
    CASES.add(
        new Case(
            "cut off midway",
            Seen.BROKEN,
            CHUNKED + "2\r\nok\r\n",
            true,
            s ->
                all(
                    head(s, false, ":status", "200"),
                    data(s, false, "ok"),
                    RawHttp2Client.frameOf(RST_STREAM, 0, s, RawHttp2Client.number(0)))));
    trailer("line end in a value", null, "x-sum", "1\r\nx: y");
    trailer("line feed in a value", null, "x-sum", "1\nx: y");
    trailer("carriage return in a value", "X-Sum: 1\rx", "x-sum", "1\rx");
    trailer("space in a name", "X Sum: 1", "x sum", "1");
    trailer("pseudo field", null, ":status", "200");
  }

  static Stream<Case> cases() {
    return CASES.stream();
  }

  @TempDir private static Path directory;

  private final List<RawServer> servers = new ArrayList<>();
  private final List<String> schemes = List.of("http", "https", "h2c", "h2");
  private final List<Integer> resets = new CopyOnWriteArrayList<>();
  private ProxyHarness proxy;

  @BeforeAll
  void start() {
    ClientTls trusting =
        new ClientTls(CA.write(directory.resolve("ca.pem")), null, null, null, true);
    Route[] routes =
        schemes.stream()
            .map(
                scheme -> {
                  boolean http2 = scheme.startsWith("h2");
                  boolean secure = scheme.equals("https") || scheme.equals("h2");
                  RawServer server =
                      new RawServer(
                          secure ? CA.issue().context() : null,
                          number -> http2 ? "h2" : "http/1.1",
                          http2 ? this::http2 : this::http1);
                  servers.add(server);
                  String url = (secure ? "https" : scheme) + "://localhost:" + server.port();
                  Model champion = new Model("m", List.of(URI.create(url)), trusting);
                  return Routes.plain(scheme, Match.path("/" + scheme + "/"), champion);
                })
            .toArray(Route[]::new);
    proxy = new ProxyHarness(routes);
  }

  @AfterAll
  void close() {
    proxy.close();
    servers.forEach(RawServer::close);
  }

  private static Case of(String target) {
    return CASES.get(Integer.parseInt(target.substring(target.lastIndexOf('/') + 1)));
  }

  private void http1(RawServer.Connection connection) throws IOException {
    for (String head = connection.readHead(); !head.isEmpty(); head = connection.readHead()) {
      String target = head.split(" ", 3)[1];
      if (target.endsWith("/open")) {
        connection.write("HTTP/1.1 200 OK\r\n\r\nok");
        return;
      }
      if (target.endsWith("/cut")) {
        connection.write("HTTP/1.1 200 OK\r\n\r\nok");
        connection.cut();
        return;
      }
      Case sent = of(target);
      connection.write(sent.http1());
      if (sent.closes()) {
        return;
      }
    }
  }

  private void http2(RawServer.Connection connection) throws IOException, Http2Exception {
    connection.beginHttp2();
    while (true) {
      Frame frame = connection.readFrame();
      if (frame.type() == RST_STREAM) {
        resets.add(frame.payload()[3] & 0xff);
      } else if (frame.type() == HEADERS) {
        String target = connection.fields(frame).path().toString();
        connection.write(of(target).http2().apply(frame.stream()));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void answer_isSeenAlike_whateverTheUpstreamSpeaks(Case sent) {
    int index = CASES.indexOf(sent);
    for (String scheme : schemes) {
      if ((scheme.startsWith("h2") ? sent.http2() : sent.http1()) == null) {
        continue;
      }
      String target = "/" + scheme + "/" + index;
      RawResponse one = RawClient.once(proxy.port, RawClient.get(target));
      assertSeen(
          sent.seen(), scheme + " to HTTP/1.1", one.status(), one.complete(), one.bodyText());
      assertThat(one.headers().has("Set-Cookie")).isFalse();

      try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
        client.headers(1, true, RawHttp2Client.request("GET", target));
        RawHttp2Client.Outcome two = client.outcome(1);
        boolean whole = two.end() == RawHttp2Client.End.COMPLETE;
        assertThat(two.end()).as(scheme).isNotEqualTo(RawHttp2Client.End.TIMED_OUT);
        assertSeen(sent.seen(), scheme + " to HTTP/2", two.status(), whole, two.bodyText());
      }
      // What is asked next has its own answer, and none that lay about.
      RawResponse next = RawClient.once(proxy.port, RawClient.get("/" + scheme + "/0"));
      assertSeen(Seen.OK, scheme + " after it", next.status(), next.complete(), next.bodyText());
    }
  }

  private static void assertSeen(Seen seen, String how, int status, boolean whole, String body) {
    switch (seen) {
      case OK -> assertThat(status + " " + whole + " " + body).as(how).isEqualTo("200 true ok");
      case BAD_GATEWAY -> {
        assertThat(status + " " + whole).as(how).isEqualTo("502 true");
        assertThat(body).as(how).contains("Champion Failed");
      }
      case BROKEN -> assertThat(whole && status != 502).as(how).isFalse();
    }
  }

  /** In clear text the end of a connection is all there is; TLS has a word for it. */
  @ParameterizedTest
  @CsvSource({"http/open, true", "https/open, true", "http/cut, true", "https/cut, false"})
  void bodyThatEndsWithItsConnection_isWhole_whenTheEndIsSaid(String path, boolean whole) {
    RawResponse one = RawClient.once(proxy.port, RawClient.get("/" + path));
    assertThat(one.status()).isEqualTo(200);
    assertThat(one.bodyText()).isEqualTo("ok");
    assertThat(one.complete()).isEqualTo(whole);

    try (RawHttp2Client client = RawHttp2Client.connect(proxy.port)) {
      client.headers(1, true, RawHttp2Client.request("GET", "/" + path));
      assertThat(client.outcome(1).end() == RawHttp2Client.End.COMPLETE).isEqualTo(whole);
    }
  }

  @Test
  void answerThatCannotBeRead_isCounted_whateverTheUpstreamSpeaks() {
    int unreadable = CASES.stream().map(Case::name).toList().indexOf("NUL in a value");
    for (String scheme : schemes) {
      double before = unreadable(scheme);
      RawClient.once(proxy.port, RawClient.get("/" + scheme + "/" + unreadable));
      RawClient.once(proxy.port, RawClient.get("/" + scheme + "/0"));
      assertThat(unreadable(scheme)).as(scheme).isEqualTo(before + 1);
    }
  }

  private double unreadable(String route) {
    return proxy
        .registry
        .get("shadow.sentinel.upstream.unreadable")
        .tag("route", route)
        .tag("role", "champion")
        .counter()
        .count();
  }
}
