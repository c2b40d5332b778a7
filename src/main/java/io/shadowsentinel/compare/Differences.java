package io.shadowsentinel.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;

/** Collects what differs: how much, in which rows, and where for the first few. */
final class Differences {
  private final List<String> paths = new ArrayList<>();
  private final BitSet rows = new BitSet();
  private int total;

  /** Counts a difference in one row. */
  void add(int row, Path path) {
    rows.set(row);
    if (paths.size() < Conflict.MAX_PATHS) {
      paths.add(path.toString());
    }
    total++;
  }

  /** Counts one difference that concerns every row. */
  void addToEvery(int rowCount, Path path) {
    add(0, path);
    rows.set(0, Math.max(1, rowCount));
  }

  boolean isEmpty() {
    return total == 0;
  }

  int total() {
    return total;
  }

  /** True when the next path is still kept: making one that is not would be a waste. */
  boolean keepsNextPath() {
    return paths.size() < Conflict.MAX_PATHS;
  }

  List<String> paths() {
    return paths;
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
