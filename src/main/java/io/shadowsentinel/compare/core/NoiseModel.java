package io.shadowsentinel.compare.core;

import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Learns from self checks where the champion of a route differs from itself. What is learned in one
 * scope does not count in another, since the champion may be another model there. Any thread: the
 * many readers take no lock, the few that learn do.
 */
public final class NoiseModel {

  /** A place that differed once may have met a deployment or a chance; twice is a habit. */
  static final int MIN_DIFFERED = 2;

  /**
   * Percent of the self checks. With no such bar, every place would become noise in time; a place
   * below it costs a challenger that is as good fewer than 5 of 100 comparisons, which the
   * champion's own agreement rate, shown beside, accounts for.
   */
  static final int MIN_PERCENT = 5;

  /** Places counted in a scope; a place beyond them stays a difference, which is the safe side. */
  public static final int MAX_PATHS = 200;

  /** An experiment, its watch, and those before of which answers may still be under way. */
  static final int MAX_SCOPES = 4;

  private static final class Learned {
    private final Map<String, Long> differed = new HashMap<>();
    private long checks;

    Noise plus(Set<String> paths) {
      checks++;
      for (String path : paths) {
        if (differed.containsKey(path) || differed.size() < MAX_PATHS) {
          differed.merge(path, 1L, Long::sum);
        }
      }
      return new Noise(
          checks,
          differed.entrySet().stream()
              .filter(entry -> isNoise(entry.getKey(), entry.getValue()))
              .map(Map.Entry::getKey)
              .collect(Collectors.toUnmodifiableSet()));
    }

    /** Never the whole answer: with it left out, any challenger would agree. */
    private boolean isNoise(String path, long times) {
      return !path.isEmpty() && times >= MIN_DIFFERED && times * 100 >= checks * MIN_PERCENT;
    }
  }

  private final Map<String, Learned> learned = new LinkedHashMap<>();
  private volatile Map<String, Noise> known = Map.of();

  /** What is noise in a scope by now. */
  public Noise of(String scope) {
    return known.getOrDefault(scope, Noise.NONE);
  }

  /**
   * Takes in a self check.
   *
   * @param paths where the two answers differ, folded, each once; none when they are the same
   * @return what is noise in the scope from now on
   */
  public synchronized Noise learn(String scope, Set<String> paths) {
    if (!learned.containsKey(scope) && learned.size() >= MAX_SCOPES) {
      learned.remove(learned.keySet().iterator().next());
    }
    Noise noise = learned.computeIfAbsent(scope, unused -> new Learned()).plus(paths);
    Map<String, Noise> next = new HashMap<>(known);
    next.keySet().retainAll(learned.keySet());
    next.put(scope, noise);
    known = Map.copyOf(next);
    return noise;
  }
}
