package io.shadowsentinel.compare;

import java.util.List;

/**
 * What a {@link Format} made of an answer.
 *
 * @param document the whole answer, for the pointers that a route's settings may hold
 * @param rows labels and confidences, where the format knows them
 * @param parts what is compared when either answer carries no labels; names are unique
 */
record Reading(Json document, Rows rows, List<Part> parts) {
  Reading {
    parts = List.copyOf(parts);
  }

  Reading withRows(Rows others) {
    return new Reading(document, others, parts);
  }
}
