package io.shadowsentinel.config;

import java.util.List;
import java.util.Map;

/** A part of a file with its place: what YAML and JSON have in common. */
sealed interface Node {
  Place at();

  /** Keys in the order of the file. */
  record Mapping(Place at, Map<String, Entry> entries) implements Node {}

  /** One value of a mapping, and where its key stands. */
  record Entry(Place keyAt, Node value) {}

  /** A list. */
  record Sequence(Place at, List<Node> items) implements Node {}

  /** A single value; {@code text} is as the file spells it, less quotes and escapes. */
  record Scalar(Place at, Kind kind, String text) implements Node {}

  /** What a scalar's spelling makes of it. */
  enum Kind {
    TEXT,
    NUMBER,
    BOOLEAN,
    NULL,
    /** A variable was put in, so it is whatever its place wants. */
    FROM_ENVIRONMENT,
    /** Its fault is already told; there is no value. */
    FAULTY
  }
}
