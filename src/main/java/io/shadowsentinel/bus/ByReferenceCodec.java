package io.shadowsentinel.bus;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.eventbus.MessageCodec;

/** Hands a message to the local subscriber as it is: no copy, no encoding, no other process. */
final class ByReferenceCodec implements MessageCodec<Object, Object> {

  static final String NAME = "by-reference";

  @Override
  public void encodeToWire(Buffer buffer, Object message) {
    throw new UnsupportedOperationException(
        "messages of type " + message.getClass().getName() + " never leave this process");
  }

  @Override
  public Object decodeFromWire(int position, Buffer buffer) {
    throw new UnsupportedOperationException("messages never come from another process");
  }

  @Override
  public Object transform(Object message) {
    return message;
  }

  @Override
  public String name() {
    return NAME;
  }

  @Override
  public byte systemCodecID() {
    return -1;
  }
}
