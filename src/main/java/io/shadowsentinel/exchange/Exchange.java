package io.shadowsentinel.exchange;

/**
 * One mirrored request with both answers, ready to be compared.
 *
 * @param route the route's name
 * @param scope the id its comparison is counted under: an experiment's, or that of a watch
 * @param requestId the value of {@code X-Request-Id} that both models saw
 * @param target the request's path and query, as sent
 * @param capturedAtMillis when both answers were in, in milliseconds since 1970
 */
public record Exchange(
    String route,
    String scope,
    String requestId,
    String target,
    long capturedAtMillis,
    Answer champion,
    Answer challenger) {}
