package io.shadowsentinel.compare.core;

/**
 * What a second call of the champion with the same request showed.
 *
 * @param noise what is known of its noise, this check included
 */
public record SelfCheck(Result result, Noise noise) {

  /** How the champion's two answers compare, judged as a challenger's answer is. */
  public enum Result {
    AGREE,
    DISAGREE,
    /**
     * The second call brought nothing to compare, or nothing that can be told without a judge. It
     * counts for and against nobody.
     */
    FAILED
  }
}
