package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.UnreadableException;

/** Puts the values of a stream together, for one kind of server. Mutable, one thread. */
interface Assembly {

  /**
   * Takes the next value.
   *
   * @param value what an event or a line holds, no error
   * @param written the same as it was sent
   * @throws UnreadableException when this kind of server sends no such value; the words say what
   *     was expected, not where
   */
  void add(Json value, String written) throws UnreadableException;

  /**
   * The document that the stream amounts to.
   *
   * @param done true when the stream said {@code [DONE]}
   * @throws UnreadableException when the end has not come
   */
  byte[] end(boolean done) throws UnreadableException;
}
