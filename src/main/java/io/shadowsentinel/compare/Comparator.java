package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.NoiseModel;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.Optional;

/**
 * Compares the two answers of an exchange, for one route. Any thread. Its settings never change;
 * what it learns does: with the format {@code auto} it keeps to what it picked first, and what self
 * checks show to be noise it leaves out of later comparisons.
 */
public interface Comparator {

  /**
   * Never throws for what an upstream sent: what cannot be read is an outcome. Asks no judge: what
   * only one can tell is incomparable here.
   *
   * @return a verdict with the exchange's route and scope
   */
  Verdict compare(Exchange exchange);

  /** The same, as far as it goes without a judge, and what to ask one. */
  Inquiry inquire(Exchange exchange);

  /** The same comparison with all that it sees. Asks no judge either. */
  Explanation explain(Answer champion, Answer challenger);

  /**
   * The format that was picked for {@code auto}, as {@link Verdict#format()} shows it; empty before
   * the first answer that could be read, and for every other format.
   */
  Optional<String> pickedFormat();

  /**
   * A comparator with the given settings.
   *
   * @throws IllegalArgumentException for a format that {@link Formats#names()} does not have
   */
  static Comparator of(CompareSettings settings) {
    return of(settings, new NoiseModel());
  }

  /**
   * The same, which goes on with what was learned of a champion's noise, and adds to it.
   *
   * @throws IllegalArgumentException for a format that {@link Formats#names()} does not have
   */
  static Comparator of(CompareSettings settings, NoiseModel noise) {
    return new AnswerComparator(Formats.format(settings.format(), settings), settings, noise);
  }
}
