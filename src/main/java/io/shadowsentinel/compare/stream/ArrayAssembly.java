package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import java.nio.charset.StandardCharsets;

/** A stream of which nothing is known: an array of its values, as they were written. */
final class ArrayAssembly implements Assembly {
  private final StringBuilder array = new StringBuilder("[");

  @Override
  public void add(Json value, String written) {
    if (array.length() > 1) {
      array.append(',');
    }
    array.append(written);
  }

  @Override
  public byte[] end(boolean done) {
    return array.append(']').toString().getBytes(StandardCharsets.UTF_8);
  }
}
