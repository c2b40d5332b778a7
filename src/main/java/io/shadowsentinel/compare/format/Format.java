package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.UnreadableException;
import org.jspecify.annotations.Nullable;

/**
 * Knows how one kind of server writes its answers. Any thread.
 *
 * <p>A format finds rows with labels and confidences, or else names the parts in which any
 * difference counts. It need not know of outcomes, pointers, encodings or bounds: whoever asks sees
 * to those for every format.
 */
@FunctionalInterface
public interface Format {

  /**
   * Reads a body.
   *
   * @throws UnreadableException when the body is not what this kind of server answers with, with
   *     the place and what was expected
   */
  Reading read(Body body) throws UnreadableException;

  /** What was picked, as people are told, by a format that picks; null for every other. */
  default @Nullable String picked() {
    return null;
  }
}
