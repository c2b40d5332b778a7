package io.shadowsentinel.compare;

import org.jspecify.annotations.Nullable;

/**
 * The decoded body of an answer, as a {@link Format} gets it.
 *
 * @param contentType the {@code Content-Type}, or null
 * @param json reads it as JSON, with the route's ignored parts marked
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
record Body(byte[] bytes, @Nullable String contentType, JsonReader json) {

  /** The body as JSON. */
  Json readJson() throws UnreadableException {
    return json.read(bytes);
  }
}
