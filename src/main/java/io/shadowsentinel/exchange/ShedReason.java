package io.shadowsentinel.exchange;

import java.util.Locale;

/** Why a request that was eligible for mirroring brought no pair of answers. */
public enum ShedReason {
  /** As many mirrors as allowed were under way, or were lately, and the next one was not due. */
  IN_FLIGHT,
  /** Too much was waiting to be compared, or for an older comparison, by count or by bytes. */
  BACKLOG,
  /** The challenger failed too often of late. */
  BREAKER_OPEN,
  /** The request's body is over the cap. */
  BODY_TOO_LARGE,
  /** The client went away before its answer was complete. */
  CANCELLED;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The reason as metrics and the API spell it, {@code in_flight} for example. */
  public String label() {
    return label;
  }
}
