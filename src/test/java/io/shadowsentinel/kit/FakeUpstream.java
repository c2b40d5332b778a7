package io.shadowsentinel.kit;

import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP/1.1 server on a free port of the loopback interface that does as its {@link Behaviour}
 * says, right or wrong, and keeps every request that reached it. Plain sockets and a thread for
 * each connection, so that no HTTP library corrects what it sends. Thread-safe.
 */
public final class FakeUpstream implements AutoCloseable {
  /** How many requests are kept; later ones are counted only. */
  public static final int MAX_KEPT = 10_000;

  private final ServerSocket server;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final LinkedBlockingQueue<RecordedRequest> kept = new LinkedBlockingQueue<>(MAX_KEPT);
  private final List<Transcript> transcripts = new CopyOnWriteArrayList<>();
  private final AtomicInteger requests = new AtomicInteger();
  private final AtomicInteger connections = new AtomicInteger();
  private final AtomicInteger disconnects = new AtomicInteger();
  private final CountDownLatch closed = new CountDownLatch(1);
  private final ExecutorService threads =
      Executors.newCachedThreadPool(
          task -> {
            Thread thread = new Thread(task, "fake-upstream");
            thread.setDaemon(true);
            return thread;
          });
  private final Future<?> accepting;
  private volatile Behaviour behaviour;

  private FakeUpstream(Behaviour behaviour, int port) {
    this.behaviour = behaviour;
    try {
      server = new ServerSocket();
      server.setReuseAddress(true);
      server.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1024);
    } catch (IOException cannotListen) {
      throw new UncheckedIOException(cannotListen);
    }
    accepting = threads.submit(this::accept);
  }

  /** Starts an upstream on a free port. */
  public static FakeUpstream start(Behaviour behaviour) {
    return new FakeUpstream(behaviour, 0);
  }

  /** Starts an upstream that answers every request so. */
  public static FakeUpstream answering(Reply reply) {
    return start(Behaviours.reply(reply));
  }

  /** Starts an upstream on a port that was had before, as one that comes back does. */
  public static FakeUpstream startOn(int port, Behaviour behaviour) {
    return new FakeUpstream(behaviour, port);
  }

  /** A port of the loopback interface on which nothing listens now. */
  public static int refusingPort() {
    try (ServerSocket bound = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return bound.getLocalPort();
    } catch (IOException cannotListen) {
      throw new UncheckedIOException(cannotListen);
    }
  }

  /** The URL of an upstream that refuses every connection. */
  public static String refusingUrl() {
    return "http://127.0.0.1:" + refusingPort();
  }

  public int port() {
    return server.getLocalPort();
  }

  /** {@code http://127.0.0.1:port}, without a path. */
  public String url() {
    return "http://127.0.0.1:" + port();
  }

  /** Behaves otherwise from the next request on. */
  public void behave(Behaviour next) {
    behaviour = next;
  }

  /** How many requests were read in full. */
  public int requestCount() {
    return requests.get();
  }

  /** How many connections were accepted. */
  public int connectionCount() {
    return connections.get();
  }

  /** How many connections are open now. */
  public int openConnections() {
    return open.size();
  }

  /** How many times the peer went away inside a request or before its answer was complete. */
  public int disconnectCount() {
    return disconnects.get();
  }

  /**
   * What came on each connection so far, byte for byte as Latin-1, the oldest connection first; of
   * each its first {@value Transcript#MAX_KEPT} bytes.
   */
  public List<String> transcripts() {
    return transcripts.stream().map(Transcript::text).toList();
  }

  /**
   * Takes the oldest request that was not taken yet.
   *
   * @throws AssertionError when none comes in time
   */
  public RecordedRequest awaitRequest(Duration atMost) {
    try {
      RecordedRequest request = kept.poll(atMost.toNanos(), TimeUnit.NANOSECONDS);
      if (request == null) {
        throw new AssertionError(
            "no request came to " + url() + " in " + atMost + "; before: " + requestCount());
      }
      return request;
    } catch (InterruptedException stop) {
      Thread.currentThread().interrupt();
      throw new AssertionError("interrupted while waiting for a request", stop);
    }
  }

  /** {@link #awaitRequest(Duration)} for up to 10 s. */
  public RecordedRequest awaitRequest() {
    return awaitRequest(Duration.ofSeconds(10));
  }

  /** Waits up to 10 s until so many requests have come in all. */
  public void awaitRequestCount(int count) {
    Await.value(count + " requests at " + url(), this::requestCount, n -> n >= count);
  }

  /** Takes all requests that were not taken yet, the oldest first. */
  public List<RecordedRequest> takeRequests() {
    List<RecordedRequest> taken = new ArrayList<>();
    kept.drainTo(taken);
    return taken;
  }

  /** Stops listening and ends every connection. */
  @Override
  public void close() {
    closed.countDown();
    closeQuietly(server);
    // The kernel keeps the port open until the thread that waits for a connection has let go.
    Await.end(accepting);
    dropConnections();
    threads.shutdownNow();
  }

  /** Ends every connection, and goes on listening. */
  public void dropConnections() {
    open.forEach(FakeUpstream::closeQuietly);
  }

  private void accept() {
    while (!server.isClosed()) {
      try {
        Socket socket = server.accept();
        int number = connections.incrementAndGet();
        open.add(socket);
        threads.execute(() -> serve(socket, number));
      } catch (IOException | RejectedExecutionException atClose) {
        if (!server.isClosed()) {
          closeQuietly(server);
        }
      }
    }
    dropConnections(); // one that was accepted while close() ran
  }

  private void serve(Socket socket, int number) {
    try (socket) {
      socket.setTcpNoDelay(true);
      Transcript transcript = new Transcript(socket.getInputStream());
      transcripts.add(transcript);
      Wire wire = new Wire(socket, transcript, closed);
      HttpReader in = new HttpReader(wire.in());
      behaviour.connected(wire);
      while (!wire.isClosed()) {
        RecordedRequest request = next(in, number, wire);
        if (request == null) {
          return;
        }
        requests.incrementAndGet();
        kept.offer(request);
        behaviour.answer(request, wire);
      }
    } catch (IOException peerWentAway) {
      if (closed.getCount() > 0) {
        disconnects.incrementAndGet();
      }
    } finally {
      open.remove(socket);
    }
  }

  /** The next request; null when the peer is done, be it by a reset between two requests. */
  private static @Nullable RecordedRequest next(HttpReader in, int number, Wire wire)
      throws IOException {
    return wire.isDone()
        ? null
        : RecordedRequest.read(in, number, () -> wire.write("HTTP/1.1 100 Continue\r\n\r\n"));
  }

  private static void closeQuietly(Closeable closeable) {
    try {
      closeable.close();
    } catch (IOException alreadyGone) {
      // It is closed either way, and the test has its answer.
    }
  }
}
