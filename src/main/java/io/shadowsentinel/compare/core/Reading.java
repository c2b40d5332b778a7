package io.shadowsentinel.compare.core;

import io.shadowsentinel.compare.json.Json;
import java.util.List;

/**
 * What a format made of an answer.
 *
 * @param document the whole answer, for the pointers that a route's settings may hold
 * @param rows labels and confidences, where the format knows them
 * @param parts what is compared when either answer carries no labels; names are unique
 */
public record Reading(Json document, Rows rows, List<Part> parts) {
  public Reading {
    parts = List.copyOf(parts);
  }

  public Reading withRows(Rows others) {
    return new Reading(document, others, parts);
  }
}
