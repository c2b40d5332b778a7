package io.shadowsentinel.model;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Notes that a client left before its answer: its own choice, so no more than a DEBUG line. */
final class ClientGone {

  private static final Logger LOG = LoggerFactory.getLogger(ClientGone.class);

  private ClientGone() {}

  static void log(Throwable failure) {
    LOG.debug("a client left before its answer: {}", OneLine.of(failure));
  }
}
