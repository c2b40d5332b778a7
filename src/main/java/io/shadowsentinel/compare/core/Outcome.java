package io.shadowsentinel.compare.core;

import java.util.Locale;

/** How a comparison of two answers ended. */
public enum Outcome {
  /** Both answered 2xx and say the same. */
  AGREE,
  /** Both answered 2xx and differ. */
  DISAGREE,
  /** The champion answered 2xx; the challenger failed, timed out, refused or was unreadable. */
  CHALLENGER_ERROR,
  /**
   * The champion itself was not 2xx, or had not ended in the mirror's time, or its body was not
   * readable or over the cap.
   */
  INCOMPARABLE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The outcome as metrics and the API spell it, {@code challenger_error} for example. */
  public String label() {
    return label;
  }

  /** True for the outcomes that count in the agreement rate. */
  public boolean isRated() {
    return this != INCOMPARABLE;
  }
}
