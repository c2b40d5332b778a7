package io.shadowsentinel.config;

import io.shadowsentinel.text.Printable;

/**
 * One thing that is wrong with a configuration, and where.
 *
 * @param file the path as it was given
 * @param line 1 or more
 * @param column 1 or more, in characters (code points for YAML)
 * @param message one line: what is wrong, and what was expected; never a secret's value
 */
public record Fault(String file, int line, int column, String message) {

  /** {@code FILE:LINE:COLUMN: message}, which editors and CI systems turn into a link. */
  @Override
  public String toString() {
    return Printable.escape(file) + ":" + line + ":" + column + ": " + message;
  }
}
