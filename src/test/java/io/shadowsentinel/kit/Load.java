package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Queue;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLongArray;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Clients that keep their connections, send one request after another, and look at every answer.
 * Each request has an id of its own that its answer must carry, so that an answer that went to the
 * wrong client does not go unseen. A client that is told {@code Connection: close} opens another
 * connection for its next request. A thread for each; thread-safe.
 */
public final class Load implements AutoCloseable {
  /** An answer that is right. */
  public static final String OK = "ok";

  /** Nothing listened; the request was not sent. */
  public static final String REFUSED = "refused";

  /** The first examples of what went wrong that are kept. */
  private static final int MAX_EXAMPLES = 20;

  private static final Duration PAUSE_WHEN_REFUSED = Duration.ofMillis(10);
  private static final int SLOTS = 1_024;

  /** What is sent and what is expected. Called by many threads at once. */
  public interface Exchange {
    /** The whole request, its head and its body. */
    byte[] request(String id);

    /** {@link Load#OK}, or what is wrong with an answer, in few words. */
    String judge(String id, Answer answer);
  }

  /**
   * An answer.
   *
   * @param head status line and header fields
   * @param startNanos when its request was sent, as {@link System#nanoTime()}
   * @param endNanos when it was complete
   */
  public record Answer(int status, String head, byte[] body, long startNanos, long endNanos) {
    public String bodyText() {
      return new String(body, ISO_8859_1);
    }
  }

  private final IntSupplier port;
  private final Exchange exchange;
  private final Duration silence;
  private final List<Thread> threads = new ArrayList<>();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();
  private final Queue<String> examples = new ConcurrentLinkedQueue<>();
  private final AtomicInteger exampleCount = new AtomicInteger();
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicLongArray latencies = new AtomicLongArray(SLOTS);
  private final AtomicLongArray exchanges;
  private final boolean endsWhenRefused;

  private Load(
      IntSupplier port,
      int clients,
      Exchange exchange,
      Duration pause,
      Duration silence,
      boolean endsWhenRefused) {
    this.port = port;
    this.exchange = exchange;
    this.silence = silence;
    this.endsWhenRefused = endsWhenRefused;
    this.exchanges = new AtomicLongArray(clients);
    for (int i = 0; i < clients; i++) {
      Client client = new Client(i, pause);
      Thread thread = new Thread(null, client::run, "load-" + i, 128 << 10);
      thread.setDaemon(true);
      threads.add(thread);
    }
  }

  /** Clients that have not begun; see {@link Builder#start()}. */
  public static Builder of(int clients, IntSupplier port, Exchange exchange) {
    return new Builder(clients, port, exchange);
  }

  /**
   * How clients behave.
   *
   * @param pause between an answer and the next request
   * @param silence the longest that an answer may take
   * @param endsWhenRefused true ends a client that cannot connect, false has it try again
   */
  public record Builder(
      int clients,
      IntSupplier port,
      Exchange exchange,
      Duration pause,
      Duration silence,
      boolean endsWhenRefused) {
    Builder(int clients, IntSupplier port, Exchange exchange) {
      this(clients, port, exchange, Duration.ZERO, Duration.ofSeconds(30), false);
    }

    public Builder pausing(Duration between) {
      return new Builder(clients, port, exchange, between, silence, endsWhenRefused);
    }

    public Builder bearing(Duration silenceUpTo) {
      return new Builder(clients, port, exchange, pause, silenceUpTo, endsWhenRefused);
    }

    public Builder endingWhenRefused() {
      return new Builder(clients, port, exchange, pause, silence, true);
    }

    public Load start() {
      Load load = new Load(port, clients, exchange, pause, silence, endsWhenRefused);
      load.threads.forEach(Thread::start);
      return load;
    }
  }

  /**
   * A POST of JSON to a path, whose answer is right when it is a 200 whose body has {@code "id":
   * "ID"}, the id being in the query and in the body.
   */
  public static Exchange echo(String path) {
    return new Exchange() {
      @Override
      public byte[] request(String id) {
        return RawClient.post(path + "?id=" + id, "{\"x\":[1,2,3],\"id\":\"" + id + "\"}");
      }

      @Override
      public String judge(String id, Answer answer) {
        if (answer.status() != 200) {
          return "status " + answer.status();
        }
        return answer.bodyText().contains("\"id\": \"" + id + "\"") ? OK : "wrong answer";
      }
    };
  }

  /** How many exchanges came to this. */
  public long count(String kind) {
    LongAdder count = counts.get(kind);
    return count == null ? 0 : count.sum();
  }

  /** How many exchanges came to anything but {@link #OK}, refused connections aside. */
  public long failures() {
    // No difference of sums: what ends between the two would be missing.
    return counts.entrySet().stream()
        .filter(kind -> !kind.getKey().equals(OK) && !kind.getKey().equals(REFUSED))
        .mapToLong(kind -> kind.getValue().sum())
        .sum();
  }

  /** How many exchanges there were, refused connections included. */
  public long total() {
    return counts.values().stream().mapToLong(LongAdder::sum).sum();
  }

  /** Everything, by kind. */
  public Map<String, Long> counts() {
    Map<String, Long> sums = new TreeMap<>();
    counts.forEach((kind, count) -> sums.put(kind, count.sum()));
    return sums;
  }

  /** The first that went wrong, in detail. */
  public List<String> examples() {
    return List.copyOf(examples);
  }

  /**
   * The time within which a share of the right answers came, from when each was sent; in
   * milliseconds, to within a tenth of itself.
   */
  public double latencyMillis(double share) {
    long all = 0;
    for (int i = 0; i < SLOTS; i++) {
      all += latencies.get(i);
    }
    long wanted = (long) Math.ceil(all * share);
    long seen = 0;
    for (int i = 0; i < SLOTS; i++) {
      seen += latencies.get(i);
      if (seen >= wanted && seen > 0) {
        return Math.pow(1.03, i) / 1_000;
      }
    }
    return 0;
  }

  /** Waits until so many right answers are in. */
  public Load awaitOk(long atLeast) {
    Await.value(
        atLeast + " right answers",
        Duration.ofSeconds(60),
        this::counts,
        c -> count(OK) >= atLeast);
    return this;
  }

  /** Waits until there were so many exchanges, whatever came of them. */
  public Load awaitTotal(long atLeast) {
    Await.value(
        atLeast + " exchanges", Duration.ofSeconds(60), this::counts, c -> total() >= atLeast);
    return this;
  }

  /** Waits for so many more right answers than there are now. */
  public Load awaitMore(long more) {
    return awaitOk(count(OK) + more);
  }

  /** Waits until each client has ended so many more exchanges, whatever came of them. */
  public Load awaitEach(int more) {
    long[] wanted = new long[exchanges.length()];
    for (int client = 0; client < wanted.length; client++) {
      wanted[client] = exchanges.get(client) + more;
    }
    Await.until(
        more + " more exchanges of each client",
        Duration.ofSeconds(60),
        () -> IntStream.range(0, wanted.length).allMatch(c -> exchanges.get(c) >= wanted[c]));
    return this;
  }

  /** True when no client is left, each having ended by itself. */
  public boolean isOver() {
    return threads.stream().noneMatch(Thread::isAlive);
  }

  /** Lets each client end with the answer it waits for, and waits for that. */
  @Override
  public void close() {
    stopped.countDown();
    for (Thread thread : threads) {
      try {
        thread.join(silence.toMillis() + 10_000);
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new AssertionError("interrupted while clients end", stop);
      }
    }
    if (!isOver()) {
      throw new AssertionError("clients do not end: " + counts());
    }
  }

  @Override
  public String toString() {
    return counts() + (examples.isEmpty() ? "" : "; first: " + examples.peek());
  }

  private void note(String kind, String id, @Nullable Object detail) {
    counts.computeIfAbsent(kind, unused -> new LongAdder()).increment();
    boolean wrong = !kind.equals(OK) && !kind.equals(REFUSED);
    if (wrong && exampleCount.incrementAndGet() <= MAX_EXAMPLES) {
      examples.add(kind + " to " + id + ": " + detail);
    }
  }

  private void time(long nanos) {
    double micros = Math.max(1, nanos / 1e3);
    int slot = (int) Math.min(SLOTS - 1, Math.log(micros) / Math.log(1.03));
    latencies.incrementAndGet(slot);
  }

  /** One client. One thread. */
  private final class Client {
    private final int number;
    private final Duration pause;
    private @Nullable Connection connection;
    private long sent;

    Client(int number, Duration pause) {
      this.number = number;
      this.pause = pause;
    }

    void run() {
      while (stopped.getCount() > 0) {
        boolean connected = ask("c" + number + "-" + sent++);
        exchanges.incrementAndGet(number);
        if (!connected && endsWhenRefused) {
          break;
        }
        await(connected ? pause : PAUSE_WHEN_REFUSED);
      }
      drop();
    }

    private boolean ask(String id) {
      Connection open;
      try {
        open = connect();
      } catch (IOException refused) {
        note(REFUSED, id, refused);
        return false;
      }
      boolean first = open.answered == 0;
      try {
        Answer answer = open.exchange(exchange.request(id));
        String verdict = exchange.judge(id, answer);
        note(verdict, id, verdict.equals(OK) ? null : answer.head() + answer.bodyText());
        if (verdict.equals(OK)) {
          time(answer.endNanos() - answer.startNanos());
        }
        if (open.closing) {
          drop();
        }
      } catch (SocketTimeoutException silent) {
        note("no answer", id, silent);
        drop();
      } catch (IOException broken) {
        String when =
            open.answerBegun ? "in an answer" : first ? "first of all" : "before an answer";
        note("broken " + when, id, broken);
        drop();
      }
      return true;
    }

    private Connection connect() throws IOException {
      Connection known = connection;
      if (known == null) {
        known = new Connection(port.getAsInt(), silence);
        connection = known;
      }
      return known;
    }

    private void drop() {
      if (connection != null) {
        connection.close();
        connection = null;
      }
    }

    private void await(Duration time) {
      if (time.isZero()) {
        return;
      }
      try {
        if (stopped.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
          drop();
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** One connection, and as much of HTTP/1.1 as its answers need. One thread. */
  private static final class Connection {
    private final Socket socket = new Socket();
    private final InputStream in;
    private final byte[] buffer = new byte[16 << 10];
    private int from;
    private int to;
    private int answered;
    private boolean answerBegun;
    private boolean closing;

    Connection(int port, Duration silence) throws IOException {
      try {
        socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 10_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(Math.toIntExact(silence.toMillis()));
        in = socket.getInputStream();
      } catch (SocketTimeoutException unanswered) {
        close();
        throw new ConnectException(unanswered.getMessage());
      } catch (IOException refused) {
        close();
        throw refused;
      }
    }

    Answer exchange(byte[] request) throws IOException {
      answerBegun = false;
      long start = System.nanoTime();
      socket.getOutputStream().write(request);
      String head = head();
      String fields = head.toLowerCase(Locale.ROOT);
      int status = Integer.parseInt(head.substring(9, 12));
      closing = "close".equals(field(fields, "connection"));
      byte[] body = body(status, fields);
      answered++;
      return new Answer(status, head, body, start, System.nanoTime());
    }

    private byte[] body(int status, String fields) throws IOException {
      String length = field(fields, "content-length");
      if (length != null) {
        return take(Integer.parseInt(length));
      }
      if ("chunked".equals(field(fields, "transfer-encoding"))) {
        return chunks();
      }
      if (status == 204 || status == 304) {
        return new byte[0];
      }
      throw new IOException("neither length nor chunks: " + fields);
    }

    private byte[] chunks() throws IOException {
      ByteArrayOutputStream body = new ByteArrayOutputStream();
      while (true) {
        int size = Integer.parseInt(line(), 16);
        body.writeBytes(take(size));
        if (!line().isEmpty()) {
          throw new IOException("trailers or a wrong chunk (expected none)");
        }
        if (size == 0) {
          return body.toByteArray();
        }
      }
    }

    private static @Nullable String field(String fields, String name) {
      int at = fields.indexOf("\r\n" + name + ":");
      if (at < 0) {
        return null;
      }
      int value = at + name.length() + 3;
      return fields.substring(value, fields.indexOf('\r', value)).trim();
    }

    /** Up to and with the empty line. */
    private String head() throws IOException {
      StringBuilder head = new StringBuilder(256);
      String line;
      do {
        line = line();
        head.append(line).append("\r\n");
      } while (!line.isEmpty());
      if (head.length() < 15 || !head.substring(0, 7).equals("HTTP/1.")) {
        throw new IOException("no HTTP: " + head);
      }
      return head.toString();
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder(64);
      while (true) {
        if (from == to) {
          fill();
        }
        int end = from;
        while (end < to && buffer[end] != '\n') {
          end++;
        }
        line.append(new String(buffer, from, end - from, ISO_8859_1));
        boolean whole = end < to;
        from = whole ? end + 1 : end;
        if (whole) {
          int length = line.length();
          return length > 0 && line.charAt(length - 1) == '\r'
              ? line.substring(0, length - 1)
              : line.toString();
        }
      }
    }

    private byte[] take(int length) throws IOException {
      byte[] bytes = new byte[length];
      int have = Math.min(length, to - from);
      System.arraycopy(buffer, from, bytes, 0, have);
      from += have;
      int more = in.readNBytes(bytes, have, length - have);
      if (more < length - have) {
        throw new EOFException("closed in a body");
      }
      return bytes;
    }

    private void fill() throws IOException {
      int n = in.read(buffer);
      if (n < 0) {
        throw new EOFException("closed");
      }
      answerBegun = true;
      from = 0;
      to = n;
    }

    void close() {
      try {
        socket.close();
      } catch (IOException alreadyGone) {
        // It is closed either way.
      }
    }
  }
}
