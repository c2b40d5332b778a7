package io.shadowsentinel.alert;

import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RoutingTable;
import io.shadowsentinel.tls.TlsStore;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the configured channels of decisions, at least once each, and in order for each channel and
 * route. Hears of decisions on {@link Decision#CHANNEL}, asks the log for those it missed, and
 * obeys {@link AlertSettings#CHANNEL}. Deploy one, with {@link #deployment()}; before or after the
 * decision verticle, the order does not matter.
 */
public final class AlertVerticle extends VerticleBase {

  private static final Logger log = LoggerFactory.getLogger(AlertVerticle.class);

  private final Path directory;
  private final Clock clock;
  private final MeterRegistry registry;
  private final TlsStore tls;
  private final Tuning tuning;
  private AlertSettings settings;
  private @Nullable Running running;

  /**
   * What only tests change.
   *
   * @param requestTimeout of one attempt, with connection and answer
   * @param maxEntries alerts that may wait in the outbox
   */
  record Tuning(RetryPolicy retry, Duration requestTimeout, int maxEntries) {
    static final Tuning DEFAULTS = new Tuning(RetryPolicy.DEFAULTS, Duration.ofSeconds(10), 10_000);
  }

  private record Running(
      AlertMetrics metrics, Sender sender, Dispatcher dispatcher, Intake intake) {}

  /**
   * @param channels who is told, no two of the same type and URL
   * @param outboxDirectory where undelivered alerts are kept; made if it is not there. Used by one
   *     verticle at a time
   * @param clock dates alerts and their age
   * @param registry gets {@code shadow.sentinel.alerts} and {@code shadow.sentinel.alerts.pending}
   * @param tls holds what the channels, now and later, are secured with
   * @throws IllegalArgumentException if a channel is there twice
   */
  public AlertVerticle(
      List<ChannelSettings> channels,
      Path outboxDirectory,
      Clock clock,
      MeterRegistry registry,
      TlsStore tls) {
    this(channels, outboxDirectory, clock, registry, tls, Tuning.DEFAULTS);
  }

  AlertVerticle(
      List<ChannelSettings> channels,
      Path outboxDirectory,
      Clock clock,
      MeterRegistry registry,
      TlsStore tls,
      Tuning tuning) {
    this.settings = new AlertSettings(channels);
    this.directory = outboxDirectory;
    this.clock = clock;
    this.registry = registry;
    this.tls = tls;
    this.tuning = tuning;
  }

  /** How to deploy it: as a worker, because it writes files. */
  public static DeploymentOptions deployment() {
    return new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER);
  }

  /** Fails if the outbox cannot be opened or its cursor not be written. */
  @Override
  public Future<?> start() throws IOException {
    if (!context.isWorkerContext()) {
      throw new IllegalStateException(
          "AlertVerticle is on an event loop (expected a worker, see deployment())");
    }
    Outbox outbox = Outbox.open(directory);
    Optional<Cursor> stored = outbox.readCursor();
    Cursor cursor = stored.orElseGet(() -> Cursor.startingAt(clock.instant()));
    if (stored.isEmpty()) {
      outbox.writeCursor(cursor);
    }
    AlertMetrics metrics = new AlertMetrics(registry);
    Sender sender = new Sender(vertx, clock, tuning.requestTimeout(), tls);
    Dispatcher dispatcher = new Dispatcher(vertx, clock, tuning, sender, outbox, metrics);
    Intake intake = new Intake(vertx, clock, tuning.retry(), outbox, dispatcher, cursor);
    Running parts = new Running(metrics, sender, dispatcher, intake);
    running = parts;

    use(parts, settings);
    List<OutboxEntry> waiting = outbox.readEntries();
    waiting.forEach(dispatcher::add);
    Decision.CHANNEL.subscribe(vertx.eventBus(), intake::announced);
    Decision.UNWRITTEN.subscribe(vertx.eventBus(), intake::unwritten);
    AlertSettings.CHANNEL.answer(vertx.eventBus(), next -> replace(parts, next));
    announceRoutes(parts);
    intake.catchUp();
    log.info(
        "alerts go to {}; {} wait in {} since the last run",
        settings.channels(),
        waiting.size(),
        directory);
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    Running parts = running;
    if (parts == null) {
      return Future.succeededFuture();
    }
    parts.intake().stop();
    parts.dispatcher().stop();
    parts.metrics().close();
    return parts.sender().close();
  }

  private AlertSettings.Applied replace(Running parts, AlertSettings next) {
    AlertSettings before = settings;
    settings = next;
    int dropped = use(parts, next);
    requestRoutes(parts);
    log.info(
        "alerts go to {} (before: {}); {} dropped", next.channels(), before.channels(), dropped);
    return new AlertSettings.Applied(dropped);
  }

  private static int use(Running parts, AlertSettings settings) {
    Map<String, Dispatcher.Receiver> receivers = new LinkedHashMap<>();
    for (ChannelSettings channel : settings.channels()) {
      receivers.put(channel.id(), new Dispatcher.Receiver(channel, AlertChannel.of(channel)));
    }
    parts.intake().receivers(receivers);
    return parts.dispatcher().receivers(receivers);
  }

  private void announceRoutes(Running parts) {
    RoutingTable.CHANNEL.subscribe(vertx.eventBus(), table -> announce(parts, table));
    requestRoutes(parts);
  }

  private void requestRoutes(Running parts) {
    RoutingTable.CURRENT
        .request(vertx.eventBus(), new RoutingTable.Query(), RoutingTable.class)
        .onSuccess(table -> announce(parts, table))
        .onFailure(e -> log.debug("no routing table yet ({}); the next is heard", e.toString()));
  }

  private void announce(Running parts, RoutingTable table) {
    for (Route route : table.routes()) {
      for (ChannelSettings channel : settings.channels()) {
        parts.metrics().announce(route.name(), channel.type().label());
      }
    }
  }
}
