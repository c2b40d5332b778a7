package io.shadowsentinel.bus;

import io.vertx.core.Future;
import io.vertx.core.eventbus.DeliveryOptions;
import io.vertx.core.eventbus.EventBus;
import io.vertx.core.eventbus.Message;
import io.vertx.core.eventbus.MessageConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An address on the local event bus together with the type of what travels there. Messages are
 * immutable and go by reference, never over the network. Usable from any thread; handlers run on
 * the context that subscribed.
 *
 * <p>A fact is declared by the package that produces it, a command by the package that obeys it.
 *
 * @param <T> the type of the messages
 */
public record Channel<T>(String address, Class<T> type) {

  private static final Logger LOG = LoggerFactory.getLogger(Channel.class);

  private static final DeliveryOptions LOCAL =
      new DeliveryOptions().setLocalOnly(true).setCodecName(ByReferenceCodec.NAME);

  /**
   * How long a request waits for its answer, in milliseconds. Longer than the event bus's own 30 s
   * because a decision waits for the disk.
   */
  private static final DeliveryOptions REQUEST = new DeliveryOptions(LOCAL).setSendTimeout(60_000);

  private static final int FAILED = 1;

  /** Registers the codec that every channel sends with. Once for each Vert.x instance. */
  public static void install(EventBus bus) {
    bus.registerCodec(new ByReferenceCodec());
  }

  /** Sends to exactly one subscriber, in turn when there are several. */
  public void send(EventBus bus, T message) {
    bus.send(address, message, LOCAL);
  }

  /** Sends to every subscriber. */
  public void publish(EventBus bus, T message) {
    bus.publish(address, message, LOCAL);
  }

  /** Receives every message for this context, in the order it was sent. */
  public MessageConsumer<T> subscribe(EventBus bus, Consumer<T> handler) {
    return bus.localConsumer(address, message -> handler.accept(message.body()));
  }

  /**
   * Sends to one subscriber that answers with {@link #answer}. The future fails with a {@code
   * ReplyException} when nobody is subscribed, no answer came in 60 s, or, at once, when the
   * subscriber failed.
   */
  public <R> Future<R> request(EventBus bus, T message, Class<R> replyType) {
    return bus.<R>request(address, message, REQUEST).map(Message::body).map(replyType::cast);
  }

  /**
   * Answers every request on this channel with what {@code handler} makes of it. One that throws
   * fails the request at once, with its message, and the log has it.
   */
  public <R> MessageConsumer<T> answer(EventBus bus, Function<T, R> handler) {
    return answerLater(bus, question -> Future.succeededFuture(handler.apply(question)));
  }

  /**
   * The same for what is not known at once. A failed future fails the request, with its message.
   */
  public <R> MessageConsumer<T> answerLater(EventBus bus, Function<T, Future<R>> handler) {
    return bus.localConsumer(
        address,
        message ->
            ask(handler, message.body())
                .onSuccess(answer -> message.reply(answer, LOCAL))
                .onFailure(failure -> message.fail(FAILED, why(failure))));
  }

  /** Whoever asked waits for an answer, so there is one whatever is thrown. */
  private <R> Future<R> ask(Function<T, Future<R>> handler, T question) {
    try {
      return handler.apply(question);
    } catch (Throwable thrown) {
      LOG.error("{}: a question could not be answered", address, thrown);
      return Future.failedFuture(thrown);
    }
  }

  private static String why(Throwable failure) {
    String message = failure.getMessage();
    return message == null ? failure.toString() : message;
  }
}
