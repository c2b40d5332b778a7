package io.shadowsentinel.compare.core;

import java.util.Set;

/**
 * Where a champion's answers differ by themselves, as far as its self checks have shown. Immutable.
 *
 * @param checks self checks that it was learned from
 * @param paths JSON Pointers with {@code *} for each step into an array, at most {@link
 *     NoiseModel#MAX_PATHS}
 */
public record Noise(long checks, Set<String> paths) {

  /** What is known before the first self check. */
  public static final Noise NONE = new Noise(0, Set.of());

  public Noise {
    paths = Set.copyOf(paths);
  }

  public boolean isEmpty() {
    return paths.isEmpty();
  }

  /** True for a place whose differences say nothing about the challenger. */
  public boolean covers(String foldedPath) {
    return paths.contains(foldedPath);
  }
}
