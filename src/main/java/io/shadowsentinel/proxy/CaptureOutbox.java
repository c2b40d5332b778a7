package io.shadowsentinel.proxy;

import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Exchange;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.exchange.ShedReason;
import io.vertx.core.Vertx;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Sends what one event loop captured over to be compared, {@value #BATCH} pairs at a time or after
 * {@value #DELAY_MILLIS} ms, whichever comes first: a hop for each pair costs more than comparing
 * it. Counts of what brought no pair come along, or follow after {@value #SHED_DELAY_MILLIS} ms:
 * nobody waits for them, and each hop wakes workers that take a core from users for a moment. Bound
 * to one event loop.
 */
final class CaptureOutbox {
  static final int BATCH = 16;
  static final long DELAY_MILLIS = 20;
  static final long SHED_DELAY_MILLIS = 100;

  /** Batches under way, at most; what comes meanwhile is gathered here, within the budget. */
  static final int MAX_IN_TRANSIT = 256;

  private final Vertx vertx;
  private final CaptureBudget budget;
  private final Map<ShedKey, long[]> shed = new HashMap<>();
  private final List<Shed> numberedShed = new ArrayList<>();
  private List<Exchange> exchanges = new ArrayList<>(BATCH);
  private long bytes;
  private final Delay pairsDelay = new Delay(DELAY_MILLIS);
  private final Delay shedDelay = new Delay(SHED_DELAY_MILLIS);

  /** Batches that are not counted yet; taken from on the thread that counts them. */
  private final AtomicInteger inTransit = new AtomicInteger();

  private record ShedKey(String route, String scope, ShedReason reason) {}

  CaptureOutbox(Vertx vertx, CaptureBudget budget) {
    this.vertx = vertx;
    this.budget = budget;
  }

  /**
   * Adds a pair.
   *
   * @param held bytes it holds of the budget, given back when it is compared
   */
  void add(Exchange exchange, long held) {
    exchanges.add(exchange);
    bytes += held;
    budget.handedOver(1);
    if (exchanges.size() >= BATCH && inTransit.get() < MAX_IN_TRANSIT) {
      flush();
    } else {
      pairsDelay.set();
    }
  }

  /** Counts an eligible request that brings no pair. */
  void addShed(String route, String scope, ShedReason reason) {
    shed.computeIfAbsent(new ShedKey(route, scope, reason), unused -> new long[1])[0]++;
    shedDelay.set();
  }

  /**
   * Settles the number of a request that brings no pair after all. Each is told by itself, so it is
   * part of the backlog as a pair would be.
   */
  void addShed(String route, String scope, ShedReason reason, long number) {
    numberedShed.add(Shed.numbered(route, scope, reason, number));
    budget.handedOver(1);
    shedDelay.set();
  }

  /** Flushes some time after it was first set, or as long again later while there is no room. */
  private final class Delay {
    private final long millis;
    private boolean set;

    Delay(long millis) {
      this.millis = millis;
    }

    void set() {
      if (!set) {
        set = true;
        vertx.setTimer(millis, unused -> over());
      }
    }

    private void over() {
      set = false;
      if (inTransit.get() < MAX_IN_TRANSIT) {
        flush();
      } else {
        set();
      }
    }
  }

  void flush() {
    if (exchanges.isEmpty() && shed.isEmpty() && numberedShed.isEmpty()) {
      return;
    }
    int waiting = exchanges.size() + numberedShed.size();
    long held = bytes;
    List<Shed> counts = new ArrayList<>(shed.size() + numberedShed.size());
    counts.addAll(numberedShed);
    shed.forEach(
        (key, count) -> counts.add(new Shed(key.route(), key.scope(), key.reason(), count[0])));
    CapturedBatch batch = new CapturedBatch(exchanges, counts, () -> counted(waiting, held));
    inTransit.incrementAndGet();
    exchanges = new ArrayList<>(BATCH);
    bytes = 0;
    shed.clear();
    numberedShed.clear();
    CapturedBatch.CHANNEL.send(vertx.eventBus(), batch);
  }

  private void counted(int waiting, long held) {
    inTransit.decrementAndGet();
    budget.compared(waiting, held);
  }
}
