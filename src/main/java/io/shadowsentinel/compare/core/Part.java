package io.shadowsentinel.compare.core;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.function.IntFunction;

/**
 * A piece of an answer that is compared value by value when labels do not decide.
 *
 * @param name what it is matched by in the other answer
 * @param path where it stands
 * @param value what it holds; an array when {@code rowWidth} is not 0
 * @param rowWidth how many elements of the array make a row; 0 when the piece is one row
 * @param elementPaths where an element of the array stands
 * @param verbatim true when its strings are compared as they are, whatever {@code compare.text}
 *     says: names and codes, no prose
 */
public record Part(
    String name,
    Path path,
    Json value,
    int rowWidth,
    IntFunction<Path> elementPaths,
    boolean verbatim) {

  public Part(String name, Path path, Json value, int rowWidth, IntFunction<Path> elementPaths) {
    this(name, path, value, rowWidth, elementPaths, false);
  }

  /** A piece that is one row, whatever it holds. */
  public static Part whole(Path path, Json value) {
    return new Part("", path, value, 0, path::child);
  }

  /** The same piece, whose strings are compared as they are. */
  public Part asVerbatim() {
    return new Part(name, path, value, rowWidth, elementPaths, true);
  }
}
