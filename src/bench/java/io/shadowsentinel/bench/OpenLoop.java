package io.shadowsentinel.bench;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends requests at a fixed rate, whatever becomes of the earlier ones, and times each from when it
 * was due, not from when it could be sent: a request that waits behind a stalled one has waited
 * too, and so has one that this generator itself sends late. (Gil Tene calls the other way
 * coordinated omission; wrk2 measures as this does.) Each connection has its own schedule, shifted
 * so that the whole is even. With a rate of 0 each sends as soon as it has its answer, which shows
 * how much there can be at most.
 *
 * <p>Reads a line for each run, {@code PORT PATH RATE SECONDS CONNECTIONS WARM_UP_SECONDS}, and
 * answers each with a line of JSON; times in microseconds. One process serves all runs, so that
 * none of them is measured by a generator that is still being compiled.
 */
public final class OpenLoop {
  private static final long MAX_NANOS = 60_000_000_000L;

  private final Histogram latencies = new ConcurrentHistogram(1, MAX_NANOS, 3);

  /** How late requests were sent, where their connection was free: the generator's own doing. */
  private final Histogram lags = new ConcurrentHistogram(1, MAX_NANOS, 3);

  private final AtomicLong failed = new AtomicLong();
  private final int port;
  private final byte[] request;

  private OpenLoop(int port, String path) {
    this.port = port;
    String body = "{\"inputs\":[" + "0.123456,".repeat(64) + "1]}";
    this.request =
        ("POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                + "Content-Length: %d\r\n\r\n%s")
            .formatted(path, port, body.length(), body)
            .getBytes(StandardCharsets.US_ASCII);
  }

  /** Runs the loads that are asked for on standard input, until that ends. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(measure(line.split(" ")));
    }
  }

  private static String measure(String[] asked) throws InterruptedException {
    OpenLoop load = new OpenLoop(Integer.parseInt(asked[0]), asked[1]);
    double rate = Double.parseDouble(asked[2]);
    double seconds = Double.parseDouble(asked[3]);
    int connections = Integer.parseInt(asked[4]);
    load.run(rate, Double.parseDouble(asked[5]), connections);
    load.latencies.reset();
    load.lags.reset();
    load.failed.set(0);
    long start = System.nanoTime();
    load.run(rate, seconds, connections);
    return load.seen(rate, (System.nanoTime() - start) / 1e9);
  }

  private String seen(double rate, double seconds) {
    return String.format(
        Locale.ROOT,
        "{\"rate\":%.0f,\"rps\":%.0f,\"requests\":%d,\"errors\":%d,\"lag50\":%.0f,\"lag99\":%.0f,"
            + "\"p50\":%.0f,\"p99\":%.0f,\"p999\":%.0f,\"max\":%.0f}",
        rate,
        latencies.getTotalCount() / seconds,
        latencies.getTotalCount(),
        failed.get(),
        lags.getValueAtPercentile(50) / 1e3,
        lags.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(99.9) / 1e3,
        latencies.getMaxValue() / 1e3);
  }

  private void run(double rate, double seconds, int connections) throws InterruptedException {
    long start = System.nanoTime() + 100_000_000L;
    long end = start + (long) (seconds * 1e9);
    double periodNanos = rate == 0 ? 0 : 1e9 * connections / rate;
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < connections; i++) {
      long first = start + (long) (periodNanos * i / connections);
      Thread thread = new Thread(() -> drive(first, periodNanos, end), "connection-" + i);
      threads.add(thread);
      thread.start();
    }
    for (Thread thread : threads) {
      thread.join();
    }
  }

  private void drive(long firstNanos, double periodNanos, long endNanos) {
    Connection connection = null;
    try {
      connection = new Connection(); // before the first is due: nobody's request pays for it
      for (long i = 0; ; i++) {
        long due = periodNanos == 0 ? System.nanoTime() : firstNanos + (long) (i * periodNanos);
        if (due >= endNanos) {
          return;
        }
        if (awaitNanos(due)) {
          lags.recordValue(bounded(System.nanoTime() - due));
        }
        connection = ask(connection);
        latencies.recordValue(bounded(System.nanoTime() - due));
      }
    } catch (IOException e) {
      failed.incrementAndGet();
    } finally {
      if (connection != null) {
        connection.close();
      }
    }
  }

  /** Asks once; gives the connection to go on with, a new one where this one broke. */
  private Connection ask(Connection connection) throws IOException {
    try {
      if (connection.ask() != 200) {
        failed.incrementAndGet();
      }
      return connection;
    } catch (IOException | NumberFormatException e) {
      failed.incrementAndGet();
      connection.close();
      return new Connection();
    }
  }

  private static long bounded(long nanos) {
    return Math.min(MAX_NANOS, Math.max(1, nanos));
  }

  /**
   * Sleeps until then, and never spins: on a small machine that would take the processor from what
   * is measured. What the sleep is late by counts, for all alike.
   *
   * @return false when that was already over
   */
  private static boolean awaitNanos(long due) {
    long left = due - System.nanoTime();
    if (left <= 0) {
      return false;
    }
    while (left > 0) {
      LockSupport.parkNanos(left);
      left = due - System.nanoTime();
    }
    return true;
  }

  private final class Connection {
    private final Socket socket;
    private final InputStream in;

    Connection() throws IOException {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(60_000);
      in = new BufferedInputStream(socket.getInputStream());
    }

    int ask() throws IOException {
      socket.getOutputStream().write(request);
      int status = Integer.parseInt(line().substring(9, 12));
      int length = 0;
      for (String field = line(); !field.isEmpty(); field = line()) {
        if (field.regionMatches(true, 0, "content-length:", 0, 15)) {
          length = Integer.parseInt(field.substring(15).trim());
        }
      }
      in.skipNBytes(length);
      return status;
    }

    void close() {
      try {
        socket.close();
      } catch (IOException alreadyGone) {
        // What it was for is over either way.
      }
    }

    private String line() throws IOException {
      StringBuilder line = new StringBuilder();
      for (int c = in.read(); c != '\n'; c = in.read()) {
        if (c < 0) {
          throw new EOFException("the proxy closed the connection");
        }
        if (c != '\r') {
          line.append((char) c);
        }
      }
      return line.toString();
    }
  }
}
