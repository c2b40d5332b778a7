package io.shadowsentinel.decide;

import java.io.IOException;

/**
 * Stands between any two steps of a write, so that a test can look at the directory as a crash
 * would leave it, or have the disk refuse.
 */
@FunctionalInterface
interface StoreProbe {

  /** What production uses. */
  StoreProbe NONE = (step, file) -> {};

  /** A step that is about to be taken on a file. */
  enum Step {
    WRITE,
    SYNC,
    RENAME,
    SYNC_DIRECTORY,
    DONE
  }

  /** Called before a step; what it throws is taken for the disk's answer. */
  void before(Step step, String file) throws IOException;
}
