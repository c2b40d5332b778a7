package io.shadowsentinel.gate;

import io.shadowsentinel.model.Tensor;
import java.nio.file.Path;
import java.util.List;

/**
 * One row as a model takes it, and what is right for it.
 *
 * @param label in its canonical form
 * @param target the label as a number; NaN where numbers are not asked for
 * @param line of the file, from 1
 */
record Case(Path file, int line, List<Tensor> inputs, String label, double target) {

  /** File and line, for messages. */
  String place() {
    return file + ":" + line;
  }
}
