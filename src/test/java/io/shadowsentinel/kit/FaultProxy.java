package io.shadowsentinel.kit;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy to a port of the loopback interface that does to the bytes what bad networks do. It
 * knows nothing of HTTP. Plain sockets and two threads for each connection. What is left to chance
 * comes from a seed and the number of the connection. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
  private static final int PIECE = 16 << 10;

  /** A throttled link passes so many parts of a second's bytes on, one by one. */
  private static final int PARTS_OF_SECOND = 50;

  private final int upstreamPort;
  private final long seed;
  private final int port;
  private final Set<Pair> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger connections = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(null, task, "fault-proxy", 128 << 10);
            thread.setDaemon(true);
            return thread;
          });
  private volatile Link requests = Link.CLEAR;
  private volatile Link answers = Link.CLEAR;
  private @Nullable ServerSocket server;
  private Future<?> accepting = CompletableFuture.completedFuture(null);

  private FaultProxy(int upstreamPort, long seed) {
    this.upstreamPort = upstreamPort;
    this.seed = seed;
    this.port = listen(0);
  }

  /** Starts a proxy on a free port that passes everything on. */
  public static FaultProxy to(int upstreamPort, long seed) {
    return new FaultProxy(upstreamPort, seed);
  }

  public int port() {
    return port;
  }

  /** {@code http://127.0.0.1:port}, without a path. */
  public String url() {
    return "http://127.0.0.1:" + port;
  }

  /** What happens to bytes on their way to the upstream, on every connection, from now on. */
  public FaultProxy requests(Link link) {
    requests = link;
    return this;
  }

  /** What happens to bytes on their way back. */
  public FaultProxy answers(Link link) {
    answers = link;
    return this;
  }

  /** Passes everything on again; connections that have gone silent stay so. */
  public FaultProxy heal() {
    return requests(Link.CLEAR).answers(Link.CLEAR);
  }

  /** Refuses new connections; those that are open stay. */
  public synchronized void refuse() {
    if (server != null) {
      closeQuietly(server);
      server = null;
      // The kernel keeps the port open until the thread that waits for a connection has let go.
      Await.end(accepting);
    }
  }

  /** Takes connections again, on the same port. */
  public synchronized void accept() {
    if (server == null) {
      listen(port);
    }
  }

  /**
   * Resets every connection there is. When this returns they are reset: the kernel does it when the
   * last thread that waits on one has let go of it.
   */
  public void reset() {
    List<Pair> pairs = List.copyOf(open);
    pairs.forEach(Pair::reset);
    for (Pair pair : pairs) {
      Await.until("its threads have let go of a connection", pair::isLeft);
    }
  }

  /** How many connections were accepted. */
  public int connectionCount() {
    return connections.get();
  }

  /** How many connections are open now. */
  public int openConnections() {
    return open.size();
  }

  @Override
  public void close() {
    closed.countDown();
    refuse();
    reset();
    threads.shutdownNow();
  }

  private int listen(int on) {
    try {
      ServerSocket listening = new ServerSocket();
      listening.setReuseAddress(true);
      listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), on), 1024);
      server = listening;
      accepting = threads.submit(() -> acceptAll(listening));
      return listening.getLocalPort();
    } catch (IOException cannotListen) {
      throw new UncheckedIOException(cannotListen);
    }
  }

  private void acceptAll(ServerSocket listening) {
    while (!listening.isClosed()) {
      try {
        Socket client = listening.accept();
        int number = connections.incrementAndGet();
        // Known from here on: what is reset after the port was closed must not miss it.
        Pair pair = new Pair(client, new Socket());
        open.add(pair);
        threads.execute(() -> connect(pair, number));
      } catch (IOException atClose) {
        closeQuietly(listening);
      }
    }
  }

  private void connect(Pair pair, int number) {
    Socket client = pair.client;
    Socket upstream = pair.upstream;
    try {
      client.setTcpNoDelay(true);
      upstream.setTcpNoDelay(true);
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), upstreamPort));
    } catch (IOException noUpstream) {
      pair.reset();
      pair.left.countDown();
      pair.left.countDown();
      return;
    }
    SplittableRandom random = new SplittableRandom(seed * 31 + number);
    Way there = new Way(pair, client, upstream, true, random.split());
    Way back = new Way(pair, upstream, client, false, random.split());
    threads.execute(there::copy);
    back.copy();
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException alreadyGone) {
      // It is closed either way.
    }
  }

  /** Both sides of one connection. */
  private final class Pair {
    private final Socket client;
    private final Socket upstream;
    private final AtomicInteger waysOpen = new AtomicInteger(2);
    private final CountDownLatch left = new CountDownLatch(2);

    Pair(Socket client, Socket upstream) {
      this.client = client;
      this.upstream = upstream;
    }

    /** True when no thread is at it any more. */
    boolean isLeft() {
      return left.getCount() == 0;
    }

    void wayEnded() {
      if (waysOpen.decrementAndGet() == 0) {
        close();
      }
    }

    void close() {
      closeQuietly(client);
      closeQuietly(upstream);
      open.remove(this);
    }

    void reset() {
      for (Socket side : new Socket[] {client, upstream}) {
        try {
          side.setSoLinger(true, 0);
        } catch (SocketException alreadyGone) {
          // Nothing is left to reset.
        }
      }
      close();
    }
  }

  /** One direction of one connection. One thread. */
  private final class Way {
    private final Pair pair;
    private final Socket from;
    private final Socket to;
    private final boolean there;
    private final SplittableRandom random;
    private Link link = Link.CLEAR;
    private long passed;

    Way(Pair pair, Socket from, Socket to, boolean there, SplittableRandom random) {
      this.pair = pair;
      this.from = from;
      this.to = to;
      this.there = there;
      this.random = random;
    }

    void copy() {
      byte[] piece = new byte[PIECE];
      try {
        InputStream in = from.getInputStream();
        OutputStream out = to.getOutputStream();
        boolean goesOn = true;
        while (goesOn) {
          int n = in.read(piece);
          if (n < 0) {
            to.shutdownOutput();
            pair.wayEnded();
            return;
          }
          goesOn = pass(out, piece, n);
        }
      } catch (IOException broken) {
        // The other side must see it as this one does, not as an orderly end.
        pair.reset();
      } finally {
        pair.left.countDown();
      }
    }

    /** False when the way has come to its end. */
    private boolean pass(OutputStream out, byte[] piece, int length) throws IOException {
      Link now = there ? requests : answers;
      if (now != link) {
        link = now;
        passed = 0;
      }
      int allowed =
          link.stopAfter() < 0
              ? length
              : (int) Math.min(length, Math.max(0, link.stopAfter() - passed));
      if (allowed > 0) {
        await(delay());
        write(out, piece, allowed);
        passed += allowed;
      }
      if (allowed == length && (link.stopAfter() < 0 || passed < link.stopAfter())) {
        return true;
      }
      stop();
      return false;
    }

    private Duration delay() {
      long jitter = link.jitter().toNanos();
      return jitter == 0 ? link.delay() : link.delay().plusNanos(random.nextLong(jitter));
    }

    private void write(OutputStream out, byte[] piece, int length) throws IOException {
      if (link.bytesPerSecond() == 0) {
        out.write(piece, 0, length);
        return;
      }
      int part = (int) Math.max(1, link.bytesPerSecond() / PARTS_OF_SECOND);
      for (int at = 0; at < length; at += part) {
        int size = Math.min(part, length - at);
        await(Duration.ofNanos(size * 1_000_000_000L / link.bytesPerSecond()));
        out.write(piece, at, size);
      }
    }

    private void stop() throws IOException {
      switch (link.stop()) {
        case CLOSE -> pair.close();
        case RESET -> pair.reset();
        case HALF_CLOSE -> {
          to.shutdownOutput();
          swallow();
        }
        case SILENCE -> swallow();
      }
    }

    /** Reads on, so that the sender is not held up by what nobody gets. */
    private void swallow() throws IOException {
      from.getInputStream().transferTo(OutputStream.nullOutputStream());
      pair.wayEnded();
    }

    private void await(Duration time) throws IOException {
      if (time.isZero()) {
        return;
      }
      try {
        if (closed.await(time.toNanos(), TimeUnit.NANOSECONDS)) {
          throw new SocketException("the proxy was closed");
        }
      } catch (InterruptedException stop) {
        Thread.currentThread().interrupt();
        throw new SocketException("interrupted");
      }
    }
  }
}
