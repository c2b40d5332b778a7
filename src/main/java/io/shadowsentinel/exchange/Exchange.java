package io.shadowsentinel.exchange;

import org.jspecify.annotations.Nullable;

/**
 * One mirrored request with both answers, ready to be compared.
 *
 * @param route the route's name
 * @param scope the id its comparison is counted under: an experiment's, or that of a watch
 * @param requestId the value of {@code X-Request-Id} that both models saw
 * @param target the request's path and query, as sent
 * @param capturedAtMillis when both answers were in, in milliseconds since 1970
 * @param championAgain what the champion answered when it was asked a second time, to learn how
 *     much its answers differ by themselves; null for most requests, which it is asked once
 * @param number its place among its scope's, from {@link Arrivals#take}, or {@link
 *     Arrivals#NO_NUMBER}
 */
public record Exchange(
    String route,
    String scope,
    String requestId,
    String target,
    long capturedAtMillis,
    Answer champion,
    Answer challenger,
    @Nullable Answer championAgain,
    long number) {

  /** An exchange that no other one waits for. */
  public Exchange(
      String route,
      String scope,
      String requestId,
      String target,
      long capturedAtMillis,
      Answer champion,
      Answer challenger,
      @Nullable Answer championAgain) {
    this(
        route,
        scope,
        requestId,
        target,
        capturedAtMillis,
        champion,
        challenger,
        championAgain,
        Arrivals.NO_NUMBER);
  }

  /** The same without a self check. */
  public Exchange(
      String route,
      String scope,
      String requestId,
      String target,
      long capturedAtMillis,
      Answer champion,
      Answer challenger) {
    this(route, scope, requestId, target, capturedAtMillis, champion, challenger, null);
  }
}
