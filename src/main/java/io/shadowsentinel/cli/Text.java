package io.shadowsentinel.cli;

import io.shadowsentinel.text.Printable;

/** Text from elsewhere, made fit for a terminal. */
final class Text {
  private Text() {}

  /** The text on one line, with what else could move the cursor or not be seen spelled out. */
  static String oneLine(String text) {
    return Printable.escape(text.replace('\n', ' ').replace('\r', ' ').replace('\t', ' '));
  }
}
