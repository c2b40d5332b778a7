package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Picks the format by the first answer that can be read, see {@link FormatGuess}, and keeps to it.
 * That is a champion's, since a challenger's is read only after it. Any thread; when two pick at
 * once, the first one wins.
 */
final class AutoFormat implements Format {
  /** What {@code compare.format} is set to. */
  static final String NAME = "auto";

  private record Picked(String name, Format format) {}

  private final CompareSettings settings;
  private final AtomicReference<@Nullable Picked> picked = new AtomicReference<>();

  AutoFormat(CompareSettings settings) {
    this.settings = settings;
  }

  @Override
  public Reading read(Body body) throws UnreadableException {
    Picked already = picked.get();
    if (already != null) {
      return already.format().read(body);
    }
    Picked guess = guess(FormatGuess.of(body));
    Reading reading;
    try {
      reading = guess.format().read(body);
    } catch (UnreadableException e) {
      guess = guess("json");
      reading = guess.format().read(body);
    }
    if (picked.compareAndSet(null, guess)) {
      return reading;
    }
    return read(body);
  }

  private Picked guess(String name) {
    return new Picked(NAME + ": " + name, Formats.format(name, settings));
  }

  @Override
  public @Nullable String picked() {
    Picked already = picked.get();
    return already == null ? null : already.name();
  }
}
