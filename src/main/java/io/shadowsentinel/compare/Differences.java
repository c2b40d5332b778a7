package io.shadowsentinel.compare;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Collects what differs: how much, in which rows, and where for the first few; and beside it the
 * pairs of texts of which it is not known whether they differ.
 */
final class Differences {
  /** How many undecided texts are kept. */
  static final int MAX_UNDECIDED = 8;

  /**
   * One difference.
   *
   * @param champion the champion's value, null where it has none
   * @param challenger the challenger's value, null where it has none
   * @param reason in words, or null
   */
  record Found(
      int row,
      Path path,
      @Nullable Json champion,
      @Nullable Json challenger,
      @Nullable String reason) {}

  private final List<Found> kept = new ArrayList<>();
  private final List<Found> undecided = new ArrayList<>();
  private final BitSet rows = new BitSet();
  private int total;
  private int undecidedTotal;
  private boolean asks = true;

  /** Counts a difference in one row. */
  void add(
      int row,
      Path path,
      @Nullable Json champion,
      @Nullable Json challenger,
      @Nullable String reason) {
    rows.set(row);
    if (keepsNextPath()) {
      kept.add(new Found(row, path, champion, challenger, reason));
    }
    total++;
  }

  /** Counts what a comparison found, unless that was no difference. */
  void add(int row, Path path, @Nullable Json champion, @Nullable Json challenger, TextResult how) {
    switch (how.kind()) {
      case SAME -> {}
      case DIFFERENT -> add(row, path, champion, challenger, how.reason());
      case UNDECIDED, ASK -> {
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
    add(0, path, champion, challenger, (String) null);
    rows.set(0, Math.max(1, rowCount));
  }

  /** True when nothing differs for certain. */
  boolean isEmpty() {
    return total == 0;
  }

  /** True when nothing differs, and nothing is undecided. */
  boolean isSame() {
    return total == 0 && undecidedTotal == 0;
  }

  int total() {
    return total;
  }

  /** True when the next path is still kept: making one that is not would be a waste. */
  boolean keepsNextPath() {
    return kept.size() < Conflict.MAX_PATHS;
  }

  List<Found> kept() {
    return kept;
  }

  List<String> paths() {
    return kept.stream().map(found -> found.path().toString()).toList();
  }

  /** Why the first difference is one, or null when its path says it all. */
  @Nullable String reason() {
    return kept.isEmpty() ? null : kept.get(0).reason();
  }

  /** The first pairs of texts that are undecided. */
  List<Found> undecided() {
    return undecided;
  }

  /** True when all that is undecided is for a judge, and little enough to be asked. */
  boolean canBeAsked() {
    return asks && undecidedTotal == undecided.size();
  }

  /** Why it is not known whether the answers differ; null when it is. */
  @Nullable String undecidedReason() {
    if (undecidedTotal == 0) {
      return null;
    }
    return undecidedTotal > MAX_UNDECIDED && asks
        ? undecidedTotal + " texts differ (a judge is asked about at most " + MAX_UNDECIDED + ")"
        : undecided.get(0).reason();
  }

  /** Takes a judge's word that all that was undecided is the same. */
  void settleAsSame() {
    undecided.clear();
    undecidedTotal = 0;
  }

  /** The first row that differs, from 0; 0 when none does. */
  int firstRow() {
    return Math.max(0, rows.nextSetBit(0));
  }

  /** How many of the given number of rows do not differ for certain. */
  int rowsWithout(int rowCount) {
    BitSet unsure = (BitSet) rows.clone();
    undecided.forEach(found -> unsure.set(found.row()));
    return Math.max(0, rowCount - unsure.cardinality());
  }

  /** True when the row differs for certain. */
  boolean differsIn(int row) {
    return rows.get(row);
  }
}
