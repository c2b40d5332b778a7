package io.shadowsentinel.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.Histogram;

/**
 * Sends requests at a fixed rate, whatever becomes of the earlier ones, and times each from when it
 * was due, not from when it could be sent: a request that waits behind a stalled one has waited
 * too, and so has one that this generator itself sends late. (Gil Tene calls the other way
 * coordinated omission; wrk2 measures as this does.) Requests are due in ticks of {@value
 * #TICK_MICROS} us, in turn on all connections. With a rate of 0 each connection sends as soon as
 * it has its answer, which shows how much there can be at most.
 *
 * <p>One thread does all of that, and another one wakes it when a tick is due: with a thread for
 * each connection the generator took as much of a small machine as what it measured, and half of
 * the saturation was nearly all of it. Nothing spins.
 *
 * <p>Reads a line for each run, {@code PORT PATH RATE SECONDS CONNECTIONS WARM_UP_SECONDS}, and
 * answers each with a line of JSON; times in microseconds. One process serves all runs, so that
 * none of them is measured by a generator that is still being compiled.
 */
public final class OpenLoop {
  private static final long TICK_MICROS = 250;
  private static final long TICK_NANOS = TICK_MICROS * 1_000;
  private static final long MAX_NANOS = 60_000_000_000L;

  private final Histogram latencies = new Histogram(1, MAX_NANOS, 3);

  /** How late requests were sent, where their connection was free: the generator's own doing. */
  private final Histogram lags = new Histogram(1, MAX_NANOS, 3);

  private final Selector selector;
  private final Connection[] connections;
  private final double periodNanos;
  private long failed;
  private long start;
  private long end;

  /** The next request that is due, of all that there will be, from 0. */
  private long next;

  private int underWay;

  private OpenLoop(int port, String path, double rate, int count) throws IOException {
    String body = "{\"inputs\":[" + "0.123456,".repeat(64) + "1]}";
    byte[] request =
        ("POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                + "Content-Length: %d\r\n\r\n%s")
            .formatted(path, port, body.length(), body)
            .getBytes(StandardCharsets.US_ASCII);
    selector = Selector.open();
    periodNanos = rate == 0 ? 0 : 1e9 / rate;
    connections = new Connection[count];
    for (int i = 0; i < count; i++) {
      connections[i] = new Connection(port, request, selector);
    }
  }

  /** Runs the loads that are asked for on standard input, until that ends. */
  public static void main(String[] arguments) throws Exception {
    BufferedReader in =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII));
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      System.out.println(measure(line.split(" ")));
    }
  }

  private static String measure(String[] asked) throws Exception {
    double rate = Double.parseDouble(asked[2]);
    double seconds = Double.parseDouble(asked[3]);
    OpenLoop load =
        new OpenLoop(Integer.parseInt(asked[0]), asked[1], rate, Integer.parseInt(asked[4]));
    try {
      load.run(Double.parseDouble(asked[5]));
      load.latencies.reset();
      load.lags.reset();
      load.failed = 0;
      long began = System.nanoTime();
      load.run(seconds);
      return load.seen(rate, (System.nanoTime() - began) / 1e9);
    } finally {
      load.close();
    }
  }

  private String seen(double rate, double seconds) {
    return String.format(
        Locale.ROOT,
        "{\"rate\":%.0f,\"rps\":%.0f,\"requests\":%d,\"errors\":%d,\"lag50\":%.0f,\"lag99\":%.0f,"
            + "\"p50\":%.0f,\"p99\":%.0f,\"p999\":%.0f,\"max\":%.0f}",
        rate,
        latencies.getTotalCount() / seconds,
        latencies.getTotalCount(),
        failed,
        lags.getValueAtPercentile(50) / 1e3,
        lags.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(50) / 1e3,
        latencies.getValueAtPercentile(99) / 1e3,
        latencies.getValueAtPercentile(99.9) / 1e3,
        latencies.getMaxValue() / 1e3);
  }

  private void run(double seconds) throws IOException, InterruptedException {
    start = System.nanoTime() + TICK_NANOS;
    end = start + (long) (seconds * 1e9);
    next = 0;
    Thread ticker = new Thread(this::tick, "ticker");
    ticker.start();
    long giveUp = end + MAX_NANOS;
    if (periodNanos == 0) {
      for (Connection connection : connections) {
        send(connection, System.nanoTime());
      }
    }
    while (System.nanoTime() - end < 0 || underWay > 0) {
      if (System.nanoTime() - giveUp > 0) {
        throw new IOException(underWay + " requests were not answered within 60 s");
      }
      selector.select(key -> answered((Connection) key.attachment()), 100);
      sendDue();
    }
    ticker.join();
  }

  /** Wakes whoever sends whenever a tick is due. */
  private void tick() {
    for (long due = start; due - end < 0; due += TICK_NANOS) {
      long left = due - System.nanoTime();
      while (left > 0) {
        LockSupport.parkNanos(left);
        left = due - System.nanoTime();
      }
      if (periodNanos > 0) {
        selector.wakeup();
      }
    }
    selector.wakeup();
  }

  /** When a request is due: at the first tick after its place in an even flow. */
  private long due(long number) {
    return start + (long) Math.ceil(number * periodNanos / TICK_NANOS) * TICK_NANOS;
  }

  private void sendDue() {
    if (periodNanos == 0) {
      return;
    }
    long now = System.nanoTime();
    for (long due = due(next); due - now <= 0 && due - end < 0; due = due(next)) {
      Connection connection = connections[(int) (next % connections.length)];
      if (connection.isFree()) {
        lags.recordValue(bounded(now - due));
        send(connection, due);
      } else {
        connection.queue(due);
      }
      next++;
      now = System.nanoTime();
    }
  }

  private void send(Connection connection, long due) {
    underWay++;
    try {
      connection.send(due);
    } catch (IOException broken) {
      lost(connection);
    }
  }

  private void answered(Connection connection) {
    try {
      int status = connection.read();
      if (status == 0) {
        return;
      }
      long now = System.nanoTime();
      latencies.recordValue(bounded(now - connection.due()));
      if (status != 200) {
        failed++;
      }
      underWay--;
      sendNext(connection, now);
    } catch (IOException | NumberFormatException broken) {
      lost(connection);
    }
  }

  private void lost(Connection connection) {
    failed++;
    underWay--;
    try {
      connection.reconnect();
    } catch (IOException gone) {
      throw new IllegalStateException("the proxy takes no connection any more", gone);
    }
    sendNext(connection, System.nanoTime());
  }

  private void sendNext(Connection connection, long now) {
    if (connection.isAwaited()) {
      send(connection, connection.takeDue());
    } else if (periodNanos == 0 && now - end < 0) {
      send(connection, now);
    }
  }

  private void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
    selector.close();
  }

  private static long bounded(long nanos) {
    return Math.min(MAX_NANOS, Math.max(1, nanos));
  }
}
