package io.shadowsentinel.bench;

import io.vertx.core.Vertx;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetServerOptions;
import io.vertx.core.net.NetSocket;
import java.util.concurrent.TimeUnit;

/**
 * Challengers that nobody wants: one answers after two seconds, one never, one resets each
 * connection on its first byte. Prints {@code slow=PORT silent=PORT reset=PORT} and serves until it
 * is stopped.
 */
public final class BadChallenger {
  private static final String ANSWER =
      "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n"
          + "{\"prediction\": 3.5 }";

  private BadChallenger() {}

  /** Starts them; without arguments. */
  public static void main(String[] arguments) {
    Vertx vertx = Vertx.vertx();
    int slow = listen(vertx, socket -> vertx.setTimer(2_000, unused -> socket.write(ANSWER)));
    int silent = listen(vertx, socket -> {});
    int reset = listen(vertx, BadChallenger::reset);
    System.out.printf("slow=%d silent=%d reset=%d%n", slow, silent, reset);
  }

  private interface Manner {
    void asked(NetSocket socket);
  }

  private static int listen(Vertx vertx, Manner manner) {
    NetServer server =
        vertx.createNetServer(
            new NetServerOptions().setHost("127.0.0.1").setAcceptBacklog(4_096).setSoLinger(0));
    return server
        .connectHandler(socket -> socket.handler(bytes -> manner.asked(socket)))
        .listen(0)
        .toCompletionStage()
        .toCompletableFuture()
        .orTimeout(10, TimeUnit.SECONDS)
        .join()
        .actualPort();
  }

  /** With a linger time of 0, close() is a reset. */
  private static void reset(NetSocket socket) {
    socket.close();
  }
}
