package io.shadowsentinel.admin;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.FastThreadLocalThread;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.internal.CloseFuture;
import io.vertx.core.internal.ContextInternal;
import io.vertx.core.internal.VertxInternal;
import io.vertx.core.spi.transport.Transport;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * An event loop of the admin port's own. Those of Vert.x are dealt out in turn, so that one of them
 * may serve users as well, and would take the port with it when it hangs: when the port is wanted
 * the most. Any thread.
 */
final class AdminLoop {
  private static final int IO_RATIO = 50;
  private static final long QUIET_MILLIS = 100;
  private static final long SHUTDOWN_MILLIS = 2_000;

  private final EventLoopGroup group;
  private final CloseFuture closing = new CloseFuture();
  private final ContextInternal context;

  AdminLoop(Vertx vertx) {
    VertxInternal internal = (VertxInternal) vertx;
    group =
        internal
            .transport()
            .eventLoopGroup(Transport.IO_EVENT_LOOP_GROUP, 1, AdminLoop::thread, IO_RATIO);
    context =
        internal.contextBuilder().withEventLoop(group.next()).withCloseFuture(closing).build();
  }

  private static Thread thread(Runnable task) {
    Thread thread = new FastThreadLocalThread(task, "admin-eventloop");
    thread.setDaemon(true);
    return thread;
  }

  /** Does something there; whatever it makes of Vert.x belongs to this loop from then on. */
  <T> Future<T> call(Supplier<Future<T>> task) {
    Promise<T> done = Promise.promise();
    context.runOnContext(
        unused -> {
          try {
            task.get().onComplete(done);
          } catch (RuntimeException failure) {
            done.fail(failure);
          }
        });
    return done.future();
  }

  /** Runs something there, as soon as it gets to it. */
  void execute(Runnable task) {
    context.nettyEventLoop().execute(task);
  }

  /** Ends what was made there, and then the loop. */
  Future<Void> close() {
    return closing.close().eventually(this::shutDown);
  }

  @SuppressWarnings("FutureReturnValueIgnored") // It is a daemon's, and nobody waits for it.
  private Future<Void> shutDown() {
    group.shutdownGracefully(QUIET_MILLIS, SHUTDOWN_MILLIS, TimeUnit.MILLISECONDS);
    return Future.succeededFuture();
  }
}
