package io.shadowsentinel.proxy;

import io.vertx.core.buffer.Buffer;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a copy of a body as it streams by, up to a cap and within the budget. Bound to one event
 * loop. Every byte it has taken from the budget is in {@link #bytes()}, for its owner to give back.
 */
final class Capture {
  private static final byte[] NOTHING = new byte[0];

  /** What became of a chunk. */
  enum Result {
    KEPT,
    OVER_CAP,
    OVER_BUDGET
  }

  private final CaptureBudget budget;
  private final long capBytes;
  private @Nullable Buffer only;
  private @Nullable Buffer joined;
  private long bytes;

  Capture(CaptureBudget budget, long capBytes) {
    this.budget = budget;
    this.capBytes = capBytes;
  }

  Result add(Buffer chunk) {
    int length = chunk.length();
    if (bytes + length > capBytes) {
      return Result.OVER_CAP;
    }
    if (!budget.tryTake(length)) {
      return Result.OVER_BUDGET;
    }
    bytes += length;
    if (joined != null) {
      joined.appendBuffer(chunk);
    } else if (only != null) {
      joined = Buffer.buffer((int) Math.min(capBytes, 4L * (only.length() + length)));
      joined.appendBuffer(only).appendBuffer(chunk);
      only = null;
    } else {
      only = chunk;
    }
    return Result.KEPT;
  }

  /** All that was kept, as one buffer that must not be changed. */
  Buffer buffer() {
    if (joined != null) {
      return joined;
    }
    return only == null ? Buffer.buffer() : only;
  }

  byte[] toBytes() {
    return bytes == 0 ? NOTHING : buffer().getBytes();
  }

  long bytes() {
    return bytes;
  }

  /** Forgets what was kept, and gives its bytes back. */
  void drop() {
    budget.giveBack(bytes);
    bytes = 0;
    only = null;
    joined = null;
  }
}
