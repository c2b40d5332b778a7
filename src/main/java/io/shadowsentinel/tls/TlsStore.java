package io.shadowsentinel.tls;

import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Future;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the files of all settings in use hold. A change of them is taken up once two polls in a row
 * have seen it, so that a certificate whose key is not written yet is no fault; one that is not
 * valid is logged and counted, once, and what was there before stays in use. {@link #of} is for any
 * thread and never blocks; {@link #hold} and {@link #poll} read files, each on one thread at a
 * time.
 */
public final class TlsStore {
  private static final Logger log = LoggerFactory.getLogger(TlsStore.class);

  /** Polls in a row without a file that are taken for a rename under way. */
  static final int TOLERATED_MISSES = 3;

  private final Clock clock;
  private final TlsMeters meters;
  private final Map<TlsSettings, Entry> entries = new ConcurrentHashMap<>();

  /** The update that was begun last. */
  private Future<?> turn = Future.succeededFuture();

  /** One settings' content; all but the material and the uses belong to the thread that polls. */
  private static final class Entry {
    volatile TlsMaterial material;
    volatile Set<TlsUse.Purpose> uses;
    String seen;
    String told;
    int misses;

    Entry(TlsMaterial material, Set<TlsUse.Purpose> uses) {
      this.material = material;
      this.uses = uses;
      this.seen = material.digest();
      this.told = material.digest();
    }
  }

  /** An empty one. */
  public TlsStore(Clock clock, MeterRegistry registry) {
    this.clock = clock;
    this.meters = new TlsMeters(registry);
  }

  /**
   * What the files hold.
   *
   * @throws IllegalStateException when the settings are not held
   */
  public TlsMaterial of(TlsSettings settings) {
    if (namesNoFile(settings)) {
      return TlsMaterial.NONE;
    }
    Entry entry = entries.get(settings);
    if (entry == null) {
      throw new IllegalStateException("not held: " + settings);
    }
    return entry.material;
  }

  /**
   * Holds these as well, from now on. Reads the files of those that are new.
   *
   * @throws TlsFault when one of them is not valid; nothing is changed then
   */
  public void hold(Collection<TlsUse> uses) throws TlsFault {
    Map<TlsSettings, Entry> made = new HashMap<>();
    for (TlsUse use : uses) {
      TlsSettings settings = use.settings();
      if (namesNoFile(settings) || entries.containsKey(settings)) {
        continue;
      }
      if (!made.containsKey(settings)) {
        made.put(
            settings,
            new Entry(TlsMaterial.load(settings, clock.instant()), purposes(settings, uses)));
      }
      meters.announce(use.purpose());
    }
    entries.putAll(made);
    showExpiries();
  }

  /** Forgets all others. Reads nothing. */
  public void retainOnly(Collection<TlsUse> uses) {
    Set<TlsSettings> kept = new HashSet<>();
    uses.forEach(use -> kept.add(use.settings()));
    entries.keySet().retainAll(kept);
    entries.forEach((settings, entry) -> entry.uses = purposes(settings, uses));
    showExpiries();
  }

  /**
   * Looks at all files.
   *
   * @return true when something new was taken up
   */
  boolean poll() {
    boolean changed = false;
    for (Map.Entry<TlsSettings, Entry> each : entries.entrySet()) {
      changed |= poll(each.getKey(), each.getValue());
    }
    if (changed) {
      showExpiries();
    }
    return changed;
  }

  private boolean poll(TlsSettings settings, Entry entry) {
    TlsFiles files = TlsFiles.read(settings);
    if (!files.areThere()) {
      missed(files, entry);
      return false;
    }
    found(files, entry);
    String digest = files.digest();
    boolean settled = digest.equals(entry.seen);
    entry.seen = digest;
    if (!settled || digest.equals(entry.told)) {
      return false;
    }
    entry.told = digest;
    try {
      entry.material = TlsMaterial.of(files, clock.instant());
    } catch (TlsFault fault) {
      entry.uses.forEach(use -> meters.reloaded(use, false));
      log.error("certificate refused, the one before stays in use: {}", fault.getMessage());
      return false;
    }
    entry.uses.forEach(use -> meters.reloaded(use, true));
    log.info("certificate files changed, and are taken up: {}: {}", files, entry.material);
    return true;
  }

  /**
   * Begins an update of a listener when the one before has ended. Those of all event loops are one
   * server to Vert.x, and when it is told twice at once it calls itself without end.
   */
  synchronized <T> Future<T> inTurn(Supplier<Future<T>> update) {
    Future<T> next = turn.transform(before -> update.get());
    turn = next;
    return next;
  }

  private static void missed(TlsFiles files, Entry entry) {
    entry.misses++;
    if (entry.misses == TOLERATED_MISSES + 1) {
      log.warn("{}: cannot be read; what they held stays in use", files);
    }
  }

  private static void found(TlsFiles files, Entry entry) {
    if (entry.misses > TOLERATED_MISSES) {
      log.info("{}: can be read again", files);
    }
    entry.misses = 0;
  }

  private void showExpiries() {
    Map<TlsMeters.Certificate, Instant> expiries = new HashMap<>();
    entries.forEach(
        (settings, entry) -> {
          Instant expiry = entry.material.expiresAt();
          if (settings.cert() != null && expiry != null) {
            entry.uses.forEach(
                use -> expiries.put(new TlsMeters.Certificate(use, settings.cert()), expiry));
          }
        });
    meters.certificates(expiries);
  }

  private static Set<TlsUse.Purpose> purposes(TlsSettings settings, Collection<TlsUse> uses) {
    Set<TlsUse.Purpose> purposes = EnumSet.noneOf(TlsUse.Purpose.class);
    uses.stream()
        .filter(use -> use.settings().equals(settings))
        .forEach(use -> purposes.add(use.purpose()));
    return purposes;
  }

  private static boolean namesNoFile(TlsSettings settings) {
    return settings.cert() == null && settings.authorities() == null;
  }
}
