package io.shadowsentinel.model;

/** A request whose tensors would take more memory than there is for requests. */
final class NoRoomException extends RuntimeException {

  NoRoomException() {
    super("no room", null, false, false);
  }
}
