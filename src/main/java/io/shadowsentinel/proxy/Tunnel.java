package io.shadowsentinel.proxy;

import io.netty.channel.Channel;
import io.netty.util.concurrent.Future;
import io.shadowsentinel.listen.Admission;
import io.shadowsentinel.listen.ConnectionWatch;
import io.shadowsentinel.wire.AnswerHead;
import io.shadowsentinel.wire.Fields;
import io.shadowsentinel.wire.HeaderRules;
import io.shadowsentinel.wire.UpstreamFault;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.internal.net.NetSocketInternal;
import io.vertx.core.net.NetSocket;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A protocol upgrade, to WebSocket for example: once the champion agrees, bytes go both ways until
 * either side ends. Never mirrored. Bound to one event loop.
 */
final class Tunnel {
  private static final Logger log = LoggerFactory.getLogger(Tunnel.class);

  private final HttpServerRequest request;

  /** What the user asks for, in the order of preference. */
  private final String protocols;

  Tunnel(HttpServerRequest request) {
    this.request = request;
    this.protocols = String.join(", ", request.headers().getAll(HeaderRules.UPGRADE));
  }

  /** Says what is asked for, in a request to the champion that says all else. */
  void ask(Fields fields) {
    fields.set(HeaderRules.CONNECTION, "Upgrade");
    fields.set(HeaderRules.UPGRADE, protocols);
  }

  /**
   * Prepares to tell the user that the champion agrees.
   *
   * @throws UpstreamFault when it agrees to what nobody asked for: RFC 9110, section 7.8
   */
  void agreed(AnswerHead head) throws UpstreamFault {
    String agreed = String.join(", ", head.fields().getAll(HeaderRules.UPGRADE));
    if (agreed.isEmpty() || !names(protocols).containsAll(names(agreed))) {
      throw UpstreamFault.unreadable(
          "status 101 to Upgrade: " + agreed + " (expected one of " + protocols + ")");
    }
    HttpServerResponse response = request.response();
    HeaderRules.addEndToEnd(head.fields(), response.headers());
    // A 101 has no body, and so no length: RFC 9110, section 8.6.
    response.headers().remove(HeaderRules.CONTENT_LENGTH);
    response.headers().set(HeaderRules.CONNECTION, "Upgrade").set(HeaderRules.UPGRADE, agreed);
    response.setStatusCode(101).setStatusMessage(head.reason());
  }

  private static List<String> names(String protocols) {
    return List.of(protocols.toLowerCase(Locale.ROOT).strip().split("\\s*,\\s*", -1));
  }

  /**
   * Tells the user, and lets the bytes through.
   *
   * @param admission says for how long one who reads nothing is waited for, and counts it
   */
  void open(NetSocket champion, Admission admission) {
    request
        .toNetSocket()
        .onComplete(
            user -> join(user, champion, admission),
            failure -> {
              log.debug("the user's side was not upgraded", failure);
              champion.close();
            });
  }

  private static void join(NetSocket user, NetSocket champion, Admission admission) {
    // Each pipe ends its destination when all of its source has been written to it.
    user.pipeTo(champion).onFailure(broken -> champion.close());
    champion.pipeTo(user).onFailure(broken -> user.close());
    user.closeHandler(closed -> letRead(champion, () -> {}, admission));
    champion.closeHandler(closed -> letRead(user, admission::slowReader, admission));
  }

  /** The other side has closed, and what it said last may still wait for this one to read it. */
  @SuppressWarnings("FutureReturnValueIgnored") // What fails with the channel is told by it.
  private static void letRead(NetSocket socket, Runnable tooSlow, Admission admission) {
    Channel channel = ((NetSocketInternal) socket).channelHandlerContext().channel();
    if (!channel.isOpen()) {
      return;
    }
    long nanos = admission.readingPatienceNanos();
    long[] unsent = {ConnectionWatch.unsent(channel)};
    Runnable look =
        () -> {
          long now = ConnectionWatch.unsent(channel);
          if (now == unsent[0]) {
            tooSlow.run();
            // Past all that would wait for it to read.
            channel.pipeline().firstContext().close();
          }
          unsent[0] = now;
        };
    Future<?> looks =
        channel.eventLoop().scheduleAtFixedRate(look, nanos, nanos, TimeUnit.NANOSECONDS);
    channel.closeFuture().addListener(closed -> looks.cancel(false));
  }
}
