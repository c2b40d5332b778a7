package io.shadowsentinel.model;

import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * An input as a request's first reading finds it: all but its data, which may be large and is read
 * in place once it is known what it has to be.
 *
 * @param members the small ones
 * @param dataAt where the array of its data begins in the body; {@link #NO_DATA} or {@link
 *     #NO_ARRAY}
 * @param values how many values that array holds, at any depth
 */
record TensorHead(ObjectNode members, int dataAt, long values) {

  static final int NO_DATA = -1;
  static final int NO_ARRAY = -2;

  boolean hasData() {
    return dataAt != NO_DATA;
  }
}
