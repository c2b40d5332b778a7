package io.shadowsentinel.compare;

import org.jspecify.annotations.Nullable;

/**
 * What is kept of an answer's body.
 *
 * @param text the body, with what is redacted taken out; null when it is not kept
 * @param leftOut why it is not kept though it was asked for; null when it is, and for an answer
 *     without a body
 */
record KeptBody(@Nullable String text, @Nullable String leftOut) {
  static final KeptBody NONE = new KeptBody(null, null);

  static KeptBody of(String text) {
    return new KeptBody(text, null);
  }

  static KeptBody leftOut(String why) {
    return new KeptBody(null, why);
  }
}
