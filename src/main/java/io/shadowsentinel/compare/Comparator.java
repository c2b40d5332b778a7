package io.shadowsentinel.compare;

import io.shadowsentinel.exchange.Exchange;

/**
 * Compares the two answers of an exchange, for one route. Any thread. Its settings never change;
 * what it learns from self checks, and leaves out of later comparisons, does.
 */
public interface Comparator {

  /**
   * Never throws for what an upstream sent: what cannot be read is an outcome.
   *
   * @return a verdict with the exchange's route and scope
   */
  Verdict compare(Exchange exchange);

  /**
   * A comparator with the given settings.
   *
   * @throws IllegalArgumentException for a format that {@link Formats#names()} does not have
   */
  static Comparator of(CompareSettings settings) {
    return Formats.comparator(settings, new NoiseModel());
  }
}
