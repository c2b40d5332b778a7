package io.shadowsentinel.decide;

import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the state directory can be written, as last seen. Complains, but not endlessly. One
 * thread, but for {@link #fault()}.
 */
final class StorageHealth {

  private static final Logger LOG = LoggerFactory.getLogger(StorageHealth.class);
  private static final long COMPLAINT_EVERY_MILLIS = 30_000;

  private final String directory;
  private volatile @Nullable String fault;
  private long complainedAtMillis;
  private long unsaid;

  StorageHealth(String directory) {
    this.directory = directory;
  }

  /** Why the last write failed, or null when it did not. */
  @Nullable String fault() {
    return fault;
  }

  /** A write failed. */
  void failed(String what, long nowMillis) {
    boolean first = fault == null;
    fault = what;
    if (first || Math.abs(nowMillis - complainedAtMillis) >= COMPLAINT_EVERY_MILLIS) {
      LOG.error(
          "state directory {} cannot be written: {} ({} more failures since the last such line);"
              + " serving goes on, decisions wait",
          directory,
          what,
          unsaid);
      complainedAtMillis = nowMillis;
      unsaid = 0;
    } else {
      unsaid++;
    }
  }

  /** Everything that is to be on disk is. */
  void recovered() {
    if (fault != null) {
      LOG.info("state directory {} can be written again", directory);
      fault = null;
      unsaid = 0;
    }
  }
}
