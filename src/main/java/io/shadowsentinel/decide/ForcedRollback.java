package io.shadowsentinel.decide;

import org.jspecify.annotations.Nullable;

/**
 * Which routes an operator wants rolled back before the first request is served.
 *
 * @param every all routes
 * @param route the only one, or null
 */
public record ForcedRollback(boolean every, @Nullable String route) {

  /** Routes start as they were. */
  public static final ForcedRollback NONE = new ForcedRollback(false, null);

  /** Every route that can be is rolled back. */
  public static final ForcedRollback ALL = new ForcedRollback(true, null);

  /** One route is rolled back; the start fails when there is none of that name. */
  public static ForcedRollback of(String route) {
    return new ForcedRollback(false, route);
  }

  boolean wants(String name) {
    return every || name.equals(route);
  }
}
