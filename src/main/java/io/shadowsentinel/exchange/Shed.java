package io.shadowsentinel.exchange;

/**
 * A number of eligible requests, more than 0, that brought no pair, for one reason.
 *
 * @param number the one that a request had been given, from {@link Arrivals#take}; then it is one
 *     request alone. {@link Arrivals#NO_NUMBER} for those that were shed before they had one
 */
public record Shed(String route, String scope, ShedReason reason, long count, long number) {

  /** Requests that were shed before they had a number. */
  public Shed(String route, String scope, ShedReason reason, long count) {
    this(route, scope, reason, count, Arrivals.NO_NUMBER);
  }

  /** A request that was shed after it had one. */
  public static Shed numbered(String route, String scope, ShedReason reason, long number) {
    return new Shed(route, scope, reason, 1, number);
  }
}
