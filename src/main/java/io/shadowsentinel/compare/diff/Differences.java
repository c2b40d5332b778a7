package io.shadowsentinel.compare.diff;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.NoiseModel;
import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.text.TextResult;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Collects what differs: how much, in which rows, and where for the first few; and beside it the
 * pairs of texts of which it is not known whether they differ. What is noise is neither.
 */
public final class Differences {
  /** How many undecided texts are kept. */
  static final int MAX_UNDECIDED = 8;

  /**
   * One difference.
   *
   * @param champion the champion's value, null where it has none
   * @param challenger the challenger's value, null where it has none
   * @param reason in words, or null
   */
  public record Found(
      int row,
      Path path,
      @Nullable Json champion,
      @Nullable Json challenger,
      @Nullable String reason) {}

  /** What becomes of the paths. */
  private enum Keep {
    THE_FIRST,
    BESIDE_NOISE,
    EVERY_FOLDED
  }

  private final Keep keep;
  private final Noise noise;
  private final List<Found> kept = new ArrayList<>();
  private List<Observation.Place> places = List.of();
  private Set<String> folded = Set.of();
  private final List<Found> undecided = new ArrayList<>();
  private final BitSet rows = new BitSet();
  private final BitSet unsureRows = new BitSet();
  private int total;
  private int leftOut;
  private @Nullable Path last;
  private String lastFolded = "";
  private int undecidedTotal;
  private boolean asks = true;

  public Differences() {
    this(Keep.THE_FIRST, Noise.NONE);
  }

  private Differences(Keep keep, Noise noise) {
    this.keep = keep;
    this.noise = noise;
  }

  /** Leaves out what is noise. */
  public static Differences beside(Noise noise) {
    return noise.isEmpty() ? new Differences() : new Differences(Keep.BESIDE_NOISE, noise);
  }

  /**
   * Keeps every folded path, to one more than noise is learned of.
   *
   * @param noise where texts that are undecided are left out
   */
  public static Differences allFolded(Noise noise) {
    return new Differences(Keep.EVERY_FOLDED, noise);
  }

  /** Counts a difference in one row. */
  public void add(
      int row,
      Path path,
      @Nullable Json champion,
      @Nullable Json challenger,
      @Nullable String reason) {
    if (keep == Keep.BESIDE_NOISE && isNoise(path)) {
      leftOut++;
      return;
    }
    rows.set(row);
    keep(new Found(row, path, champion, challenger, reason));
    total++;
  }

  /** Counts what a comparison found, unless that was no difference. */
  public void add(
      int row, Path path, @Nullable Json champion, @Nullable Json challenger, TextResult how) {
    switch (how.kind()) {
      case SAME -> {}
      case DIFFERENT -> add(row, path, champion, challenger, how.reason());
      case UNDECIDED, ASK -> {
        if (isNoise(path)) {
          leftOut++;
          return;
        }
        unsureRows.set(row);
        asks &= how.kind() == TextResult.Kind.ASK;
        undecidedTotal++;
        if (undecided.size() < MAX_UNDECIDED) {
          undecided.add(new Found(row, path, champion, challenger, how.reason()));
        }
      }
    }
  }

  /** Counts one difference that concerns every row. */
  void addToEvery(int rowCount, Path path, @Nullable Json champion, @Nullable Json challenger) {
    int before = total;
    add(0, path, champion, challenger, (String) null);
    if (total > before) {
      rows.set(0, Math.max(1, rowCount));
    }
  }

  private boolean isNoise(Path path) {
    return !noise.isEmpty() && noise.covers(folded(path));
  }

  private void keep(Found found) {
    if (total == 0) {
      places = new ArrayList<>();
      folded = new HashSet<>();
    }
    if (keep == Keep.EVERY_FOLDED) {
      if (folded.size() <= NoiseModel.MAX_PATHS) {
        folded.add(folded(found.path()));
      }
    } else if (kept.size() < Conflict.MAX_PATHS) {
      kept.add(found);
      String path = folded(found.path());
      if (folded.add(path)) {
        places.add(new Observation.Place(path, found.path().toString()));
      }
    }
  }

  /** Two elements of one array, one after the other, are the usual case. */
  private String folded(Path path) {
    if (last == null || !path.foldsAs(last)) {
      lastFolded = path.folded();
    }
    last = path;
    return lastFolded;
  }

  /** True when nothing differs for certain. */
  public boolean isEmpty() {
    return total == 0;
  }

  /** True when nothing differs, and nothing is undecided. */
  public boolean isSame() {
    return total == 0 && undecidedTotal == 0;
  }

  public int total() {
    return total;
  }

  /** Differences and undecided texts that are noise, and counted nowhere else. */
  public int leftOut() {
    return leftOut;
  }

  /** True when the next path is still looked at: making one that is not would be a waste. */
  public boolean keepsNextPath() {
    return keep != Keep.THE_FIRST || kept.size() < Conflict.MAX_PATHS;
  }

  /** The paths that are kept, those that fold into one only once. */
  public List<Observation.Place> places() {
    return places;
  }

  /** All folded paths of differences made by {@link #allFolded}. */
  public Set<String> folded() {
    return folded;
  }

  public List<Found> kept() {
    return kept;
  }

  public List<String> paths() {
    return kept.stream().map(found -> found.path().toString()).toList();
  }

  /** Why the first difference is one, or null when its path says it all. */
  public @Nullable String reason() {
    return kept.isEmpty() ? null : kept.get(0).reason();
  }

  /** The first pairs of texts that are undecided. */
  public List<Found> undecided() {
    return undecided;
  }

  /** True when all that is undecided is for a judge, and little enough to be asked. */
  public boolean canBeAsked() {
    return asks && undecidedTotal == undecided.size();
  }

  /** Why it is not known whether the answers differ; null when it is. */
  public @Nullable String undecidedReason() {
    if (undecidedTotal == 0) {
      return null;
    }
    return undecidedTotal > MAX_UNDECIDED && asks
        ? undecidedTotal + " texts differ (a judge is asked about at most " + MAX_UNDECIDED + ")"
        : undecided.get(0).reason();
  }

  /** The first row that differs, from 0; 0 when none does. */
  public int firstRow() {
    return Math.max(0, rows.nextSetBit(0));
  }

  /** How many of the given number of rows do not differ for certain. */
  public int rowsWithout(int rowCount) {
    BitSet other = (BitSet) rows.clone();
    other.or(unsureRows);
    return Math.max(0, rowCount - other.cardinality());
  }

  /** True when all of the row is the same, noise left out. */
  public boolean agreesIn(int row) {
    return !rows.get(row) && !unsureRows.get(row);
  }

  /** True when the row differs for certain. */
  public boolean differsIn(int row) {
    return rows.get(row);
  }
}
