package io.shadowsentinel.compare.judge;

/**
 * What one route has asked of its judge: how often today, and how much at once. Any thread.
 *
 * <p>There is no line to wait in. A judge is slower than the traffic it judges, so a line would
 * only grow old; what finds no place is counted as incomparable, and the evidence is a sample.
 */
public final class JudgeAllowance {
  private long day = Long.MIN_VALUE;
  private long spent;
  private int inFlight;

  /** Takes a place for one comparison; {@link #leave} gives it back. False when none is free. */
  public synchronized boolean enter(int maxInFlight) {
    if (inFlight >= maxInFlight) {
      return false;
    }
    inFlight++;
    return true;
  }

  synchronized void leave() {
    inFlight--;
  }

  /**
   * Takes one call from the budget of a day. False when it is spent.
   *
   * @param today days since 1970, by UTC
   */
  synchronized boolean spend(int dailyBudget, long today) {
    if (day != today) {
      day = today;
      spent = 0;
    }
    if (spent >= dailyBudget) {
      return false;
    }
    spent++;
    return true;
  }
}
