package io.shadowsentinel.compare.core;

import java.util.Locale;

/**
 * What came of a question to a judge.
 *
 * @param confidence the judge's, 0 to 1; NaN when it gave none
 */
public record Judgement(Result result, double confidence) {

  /** How it ended. All but the first two leave the comparison without an outcome that counts. */
  public enum Result {
    /** The judge says that the texts mean the same. */
    AGREE,
    /** The judge says that they do not. */
    DISAGREE,
    /** The judge was less sure than the settings want. */
    UNSURE,
    /** Not asked: as many as allowed are being judged. */
    BUSY,
    /** Not asked: the day's budget is spent. */
    OVER_BUDGET,
    /** No answer in the time allowed. */
    TIMED_OUT,
    /** No connection, or a status other than 200 to 299. */
    FAILED,
    /** The answer is not what a judge answers. */
    UNREADABLE,
    /** The process stopped. */
    CANCELLED;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The result as metrics spell it, {@code over_budget} for example. */
    public String label() {
      return label;
    }
  }

  public static Judgement without(Result result) {
    return new Judgement(result, Double.NaN);
  }
}
