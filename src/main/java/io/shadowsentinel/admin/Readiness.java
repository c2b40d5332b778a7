package io.shadowsentinel.admin;

import java.util.List;

/**
 * Tells what of the process is not ready to serve users. Asked on the admin's event loop for each
 * health probe, so it must answer at once; it may be asked from any thread. Whether there is a
 * routing table need not be part of it: the admin port asks for that itself.
 */
@FunctionalInterface
public interface Readiness {

  /** Why the process is not ready; empty when it is. */
  List<NotReady> reasons();

  /**
   * One thing that is not ready.
   *
   * @param check what was looked at, one word, {@code proxy} for example
   * @param why for people
   */
  record NotReady(String check, String why) {}
}
