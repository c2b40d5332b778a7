package io.shadowsentinel.compare.core;

import java.util.List;

/**
 * What is kept of a disagreement, beside labels, confidences and the paths that differ.
 *
 * @param keepBodies true keeps both answers, and the query of the request; default false
 * @param maxBodyBytes a longer answer, decoded, is not kept; 1 to {@value #MAX_BODY_BYTES}, default
 *     16 KiB
 * @param redact JSON Pointers, {@code *} for any one step, of values that are never kept, neither
 *     in a body nor as a label
 */
public record ConflictSettings(boolean keepBodies, int maxBodyBytes, List<String> redact) {
  public static final int MAX_BODY_BYTES = 1 << 20;

  /** What is kept when the config says nothing. */
  public static final ConflictSettings DEFAULTS = new ConflictSettings(false, 16 << 10, List.of());

  /**
   * @throws IllegalArgumentException for a bound out of range
   */
  public ConflictSettings {
    if (maxBodyBytes < 1 || maxBodyBytes > MAX_BODY_BYTES) {
      throw new IllegalArgumentException(
          "conflicts.maxBody: " + maxBodyBytes + " (expected 1.." + MAX_BODY_BYTES + ")");
    }
    redact = List.copyOf(redact);
  }
}
