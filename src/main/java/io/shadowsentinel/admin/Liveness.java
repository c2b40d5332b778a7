package io.shadowsentinel.admin;

import java.util.List;

/**
 * Tells what of the process hangs, so that only a restart helps. Asked on the admin's event loop
 * for each liveness probe, so it must answer at once, whatever hangs; it may be asked from any
 * thread.
 */
@FunctionalInterface
public interface Liveness {

  /** What does not answer and for how long, for people; empty when all do. */
  List<String> stuck();
}
