package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.NoiseModel;
import io.shadowsentinel.compare.judge.JudgeAllowance;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The comparator of each route, replaced as a whole when the config changes. Any thread; a reader
 * sees the table before a change or after it, never between.
 */
public final class ComparatorTable {
  private record Entry(
      CompareSettings settings,
      NoiseModel noise,
      Comparator comparator,
      JudgeAllowance allowance) {}

  private volatile Map<String, Entry> byRoute = Map.of();

  /**
   * Makes these the routes there are. A route whose settings did not change keeps its comparator,
   * and one that is read and aligned as before, with its texts compared as before, what was learned
   * of its noise: the same paths mean the same.
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
        present != null && meansTheSame(present.settings(), wanted)
            ? present.noise()
            : new NoiseModel();
    // What was spent stays spent, whatever else changes.
    JudgeAllowance allowance = present == null ? new JudgeAllowance() : present.allowance();
    return new Entry(wanted, noise, Comparator.of(wanted, noise), allowance);
  }

  /** A text that differs from call to call may well be the same by another way to compare it. */
  private static boolean meansTheSame(CompareSettings a, CompareSettings b) {
    return a.format().equals(b.format())
        && a.text().equals(b.text())
        && a.places().equals(b.places());
  }

  /** The comparator of a route, or null for a route that is not there, or no longer. */
  public @Nullable Comparator forRoute(String route) {
    Entry entry = byRoute.get(route);
    return entry == null ? null : entry.comparator();
  }

  /** What a route has asked of its judge, or null for a route that is not there, or no longer. */
  @Nullable JudgeAllowance allowance(String route) {
    Entry entry = byRoute.get(route);
    return entry == null ? null : entry.allowance();
  }
}
