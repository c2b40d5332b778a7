package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What holds at single places of an answer, by JSON Pointer, in which {@code *} stands for any one
 * step. Where several pointers name one place, the one that has a name where the other has {@code
 * *} counts.
 *
 * @param keys arrays whose elements belong together by a key and not by their index: the name of
 *     the member that is the key, or a JSON Pointer into the element
 * @param ignoreOrder arrays in which the order of the elements does not count
 * @param tolerances the largest difference of two numbers that is none, there and below, instead of
 *     the route's; 0 or more
 */
public record PlaceSettings(
    Map<String, String> keys, List<String> ignoreOrder, Map<String, Double> tolerances) {

  /** Arrays are aligned by index, and numbers are compared by the route's tolerance. */
  public static final PlaceSettings NONE = new PlaceSettings(Map.of(), List.of(), Map.of());

  /**
   * @throws IllegalArgumentException for what is no JSON Pointer or no tolerance, with what was
   *     expected
   */
  public PlaceSettings {
    keys = Collections.unmodifiableMap(new LinkedHashMap<>(keys));
    ignoreOrder = List.copyOf(ignoreOrder);
    tolerances = Collections.unmodifiableMap(new LinkedHashMap<>(tolerances));
    keys.forEach(
        (pointer, key) -> {
          compile("keys", pointer);
          keySteps(key);
        });
    ignoreOrder.forEach(pointer -> compile("ignoreOrder", pointer));
    tolerances.forEach(
        (pointer, tolerance) -> {
          compile("tolerances", pointer);
          if (!(tolerance >= 0) || Double.isInfinite(tolerance)) {
            throw new IllegalArgumentException(
                "tolerances: " + pointer + ": " + tolerance + " (expected 0 or more)");
          }
        });
  }

  /** True when nothing is said of any place. */
  boolean isEmpty() {
    return keys.isEmpty() && ignoreOrder.isEmpty() && tolerances.isEmpty();
  }

  static List<String> steps(String pointer) {
    return Steps.of(JsonPointer.compile(pointer));
  }

  /** The steps from an element to its key. */
  static List<String> keySteps(String key) {
    return key.startsWith("/") ? Steps.of(compile("keys", key)) : List.of(key);
  }

  private static JsonPointer compile(String setting, String pointer) {
    try {
      return JsonPointer.compile(pointer);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          setting + ": \"" + pointer + "\" (expected a JSON Pointer, such as /items)", e);
    }
  }
}
