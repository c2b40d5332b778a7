package io.shadowsentinel.compare;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The comparator of each route, replaced as a whole when the config changes. Any thread; a reader
 * sees the table before a change or after it, never between.
 */
public final class ComparatorTable {
  private record Entry(CompareSettings settings, NoiseModel noise, Comparator comparator) {}

  private volatile Map<String, Entry> byRoute = Map.of();

  /**
   * Makes these the routes there are. A route whose settings did not change keeps its comparator,
   * and one whose format did not change what was learned of its noise: the same paths mean the
   * same.
   *
   * @param settings by route name
   * @throws IllegalArgumentException for settings that {@link Comparator#of} refuses; the table is
   *     as it was
   */
  public synchronized void replace(Map<String, CompareSettings> settings) {
    Map<String, Entry> next = new HashMap<>();
    settings.forEach((route, wanted) -> next.put(route, entry(byRoute.get(route), wanted)));
    byRoute = Map.copyOf(next);
  }

  private static Entry entry(@Nullable Entry present, CompareSettings wanted) {
    if (present != null && present.settings().equals(wanted)) {
      return present;
    }
    NoiseModel noise =
        present != null && present.settings().format().equals(wanted.format())
            ? present.noise()
            : new NoiseModel();
    return new Entry(wanted, noise, Formats.comparator(wanted, noise));
  }

  /** The comparator of a route, or null for a route that is not there, or no longer. */
  public @Nullable Comparator forRoute(String route) {
    Entry entry = byRoute.get(route);
    return entry == null ? null : entry.comparator();
  }
}
