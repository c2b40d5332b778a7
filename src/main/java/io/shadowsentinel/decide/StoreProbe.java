package io.shadowsentinel.decide;

import java.io.IOException;
import java.nio.channels.FileChannel;

/**
 * Stands between any two steps of a write, so that a test can look at the directory as a crash
 * would leave it, or have the disk refuse; and does the one step that leaves nothing to look at.
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

  /**
   * Returns when what was written is on the disk.
   *
   * @param file the name of what is forced; {@code .} for the names in the directory
   */
  default void force(FileChannel channel, String file) throws IOException {
    channel.force(true);
  }
}
