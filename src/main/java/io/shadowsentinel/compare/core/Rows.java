package io.shadowsentinel.compare.core;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/**
 * What an answer says row by row: labels and confidences, where it carries them.
 *
 * @param count how many rows, 0 or more
 * @param labels a scalar for each row; null when the answer carries none
 * @param confidences 0 to 1 for each row, NaN where there is none; null when there is none at all
 * @param labelPaths where the label of a row stands
 */
@SuppressWarnings("ArrayRecordComponent") // handed from reader to comparator, never compared
public record Rows(
    int count,
    Json @Nullable [] labels,
    double @Nullable [] confidences,
    IntFunction<Path> labelPaths) {

  /** Rows of which nothing but their number is known. */
  public static Rows plain(int count) {
    return new Rows(count, null, null, unused -> Path.ROOT);
  }

  public static Rows labelled(
      Json[] labels, double @Nullable [] confidences, IntFunction<Path> labelPaths) {
    return new Rows(labels.length, labels, confidences, labelPaths);
  }

  public boolean hasLabels() {
    return labels != null;
  }

  public @Nullable Json label(int row) {
    return labels == null || row >= labels.length ? null : labels[row];
  }

  /** NaN when there is none. */
  public double confidence(int row) {
    return confidences == null || row >= confidences.length ? Double.NaN : confidences[row];
  }

  /** The same rows with other confidences, or with none when the number does not fit. */
  public Rows withConfidences(double @Nullable [] others) {
    boolean fits = others != null && others.length == count;
    return new Rows(count, labels, fits ? others : null, labelPaths);
  }
}
