package io.shadowsentinel.kit;

import java.io.IOException;

/**
 * What a {@link FakeUpstream} does with a request. After it returns, the connection is kept for the
 * next request unless it was closed. Called by many threads at once.
 */
@FunctionalInterface
public interface Behaviour {

  /**
   * Answers a request, or does not.
   *
   * @throws IOException when the peer went away; counted as a disconnect
   */
  void answer(RecordedRequest request, Wire wire) throws IOException;

  /** Called with a new connection, before anything is read from it. */
  default void connected(Wire wire) throws IOException {}
}
