package io.shadowsentinel.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Collects what differs: how much, in which rows, and where for the first few. */
final class Differences {

  /** What becomes of the paths. */
  private enum Keep {
    THE_FIRST,
    BESIDE_NOISE,
    EVERY_FOLDED
  }

  private final Keep keep;
  private final Noise noise;
  private final List<String> paths = new ArrayList<>();
  private List<Observation.Place> places = List.of();
  private Set<String> folded = Set.of();
  private final BitSet rows = new BitSet();
  private int total;
  private int leftOut;
  private @Nullable Path last;
  private String lastFolded = "";

  Differences() {
    this(Keep.THE_FIRST, Noise.NONE);
  }

  private Differences(Keep keep, Noise noise) {
    this.keep = keep;
    this.noise = noise;
  }

  /** Leaves out what is noise. */
  static Differences beside(Noise noise) {
    return noise.isEmpty() ? new Differences() : new Differences(Keep.BESIDE_NOISE, noise);
  }

  /** Keeps every folded path, to one more than noise is learned of. */
  static Differences allFolded() {
    return new Differences(Keep.EVERY_FOLDED, Noise.NONE);
  }

  /** Counts a difference in one row. */
  void add(int row, Path path) {
    if (isNoise(path)) {
      leftOut++;
      return;
    }
    rows.set(row);
    keep(path);
    total++;
  }

  /** Counts one difference that concerns every row. */
  void addToEvery(int rowCount, Path path) {
    if (isNoise(path)) {
      leftOut++;
      return;
    }
    add(0, path);
    rows.set(0, Math.max(1, rowCount));
  }

  private boolean isNoise(Path path) {
    return keep == Keep.BESIDE_NOISE && noise.covers(folded(path));
  }

  private void keep(Path path) {
    if (total == 0) {
      places = new ArrayList<>();
      folded = new HashSet<>();
    }
    if (keep == Keep.EVERY_FOLDED) {
      if (folded.size() <= NoiseModel.MAX_PATHS) {
        folded.add(folded(path));
      }
    } else if (paths.size() < Conflict.MAX_PATHS) {
      String pointer = path.toString();
      paths.add(pointer);
      if (folded.add(folded(path))) {
        places.add(new Observation.Place(folded(path), pointer));
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

  boolean isEmpty() {
    return total == 0;
  }

  int total() {
    return total;
  }

  /** Differences that are noise, and counted nowhere else. */
  int leftOut() {
    return leftOut;
  }

  /** True when the next path is still looked at: making one that is not would be a waste. */
  boolean keepsNextPath() {
    return keep != Keep.THE_FIRST || paths.size() < Conflict.MAX_PATHS;
  }

  List<String> paths() {
    return paths;
  }

  /** The paths that are kept, those that fold into one only once. */
  List<Observation.Place> places() {
    return places;
  }

  /** All folded paths of differences made by {@link #allFolded}. */
  Set<String> folded() {
    return folded;
  }

  /** The first row that differs, from 0; 0 when none does. */
  int firstRow() {
    return Math.max(0, rows.nextSetBit(0));
  }

  /** How many of the given number of rows do not differ. */
  int rowsWithout(int rowCount) {
    return Math.max(0, rowCount - rows.cardinality());
  }
}
