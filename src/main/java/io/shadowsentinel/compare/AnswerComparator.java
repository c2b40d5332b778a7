package io.shadowsentinel.compare;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the two answers of an exchange to an outcome: the champion's first, because what it did not
 * answer cannot be held against the challenger.
 */
final class AnswerComparator implements Comparator {
  private final AnswerReader reader;
  private final Differ differ;
  private final NoiseModel noise;
  private final double highConfidence;

  AnswerComparator(Format format, CompareSettings settings, NoiseModel noise) {
    this.reader = new AnswerReader(format, settings);
    this.differ = new Differ(new Numeric(settings.tolerance()));
    this.noise = noise;
    this.highConfidence = settings.highConfidence();
  }

  @Override
  public Verdict compare(Exchange exchange) {
    Answer champion = exchange.champion();
    Answer challenger = exchange.challenger();
    String theirError = Observer.error(challenger);
    if (!champion.isSuccess()) {
      return incomparable(exchange, Observer.error(champion), theirError);
    }
    Reading ours;
    try {
      ours = reader.read(champion);
    } catch (UnreadableException e) {
      return incomparable(exchange, Observer.UNREADABLE, theirError);
    }
    SelfCheck selfCheck =
        exchange.championAgain() == null
            ? null
            : selfCheck(exchange, ours, exchange.championAgain());
    if (theirError != null) {
      return challengerError(exchange, ours.rows(), failure(challenger), theirError, selfCheck);
    }
    try {
      Reading theirs = sameBytes(champion, challenger) ? ours : reader.read(challenger);
      return compare(exchange, ours, theirs, selfCheck);
    } catch (UnreadableException e) {
      return challengerError(exchange, ours.rows(), e.reason(), Observer.UNREADABLE, selfCheck);
    }
  }

  /**
   * Compares the champion with itself, by the rule that holds for a challenger at this moment, and
   * learns from it. A label is never noise: it is what users act on.
   */
  private SelfCheck selfCheck(Exchange exchange, Reading first, Answer again) {
    String scope = exchange.scope();
    Noise known = noise.of(scope);
    if (!again.isSuccess()) {
      return new SelfCheck(SelfCheck.Result.FAILED, known);
    }
    Reading second;
    try {
      second = sameBytes(exchange.champion(), again) ? first : reader.read(again);
    } catch (UnreadableException e) {
      return new SelfCheck(SelfCheck.Result.FAILED, known);
    }
    boolean agree;
    Set<String> differing = Set.of();
    if (first.rows().count() != second.rows().count()) {
      agree = false;
    } else if (first.rows().hasLabels() && second.rows().hasLabels()) {
      agree = labelDifferences(first.rows(), second.rows()).isEmpty();
    } else {
      differing =
          differ
              .compare(first.parts(), second.parts(), first.rows().count(), Differences.allFolded())
              .folded();
      agree =
          differing.isEmpty()
              || (known.paths().containsAll(differing) && Remainder.isLeft(first.parts(), known));
    }
    return new SelfCheck(
        agree ? SelfCheck.Result.AGREE : SelfCheck.Result.DISAGREE, noise.learn(scope, differing));
  }

  /**
   * What differs beside the noise. Where nothing is left beside it, the noise is all there is to
   * compare, and counts.
   */
  private Differences partDifferences(Reading ours, Reading theirs, Noise known) {
    int rows = ours.rows().count();
    Differences differences =
        differ.compare(ours.parts(), theirs.parts(), rows, Differences.beside(known));
    boolean nothingLeft =
        differences.isEmpty()
            && differences.leftOut() > 0
            && !Remainder.isLeft(ours.parts(), known);
    return nothingLeft ? differ.compare(ours.parts(), theirs.parts(), rows) : differences;
  }

  /** A verdict for what cannot be compared, and counts for neither side. */
  static Verdict incomparable(Exchange exchange) {
    return incomparable(
        exchange, Observer.error(exchange.champion()), Observer.error(exchange.challenger()));
  }

  private static Verdict incomparable(
      Exchange exchange, @Nullable String ourError, @Nullable String theirError) {
    SelfCheck selfCheck =
        exchange.championAgain() == null
            ? null
            : new SelfCheck(SelfCheck.Result.FAILED, Noise.NONE);
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        Outcome.INCOMPARABLE,
        0,
        0,
        Double.NaN,
        false,
        null,
        Observer.apart(exchange, ourError, theirError, selfCheck));
  }

  private static boolean sameBytes(Answer champion, Answer challenger) {
    return Objects.equals(champion.contentEncoding(), challenger.contentEncoding())
        && Objects.equals(champion.contentType(), challenger.contentType())
        && Arrays.equals(champion.body(), challenger.body());
  }

  private static String failure(Answer answer) {
    return switch (answer.fate()) {
      case COMPLETE -> "status " + answer.status();
      case TOO_LARGE -> "over the cap";
      case TIMED_OUT -> "timed out";
      case UNREACHABLE -> "no connection";
      case BROKEN -> "the connection broke";
    };
  }

  private Verdict compare(
      Exchange exchange, Reading champion, Reading challenger, @Nullable SelfCheck selfCheck) {
    Rows ours = champion.rows();
    Rows theirs = challenger.rows();
    if (ours.count() != theirs.count()) {
      return differentRowCounts(exchange, ours, theirs, selfCheck);
    }
    Differences differences =
        ours.hasLabels() && theirs.hasLabels()
            ? labelDifferences(ours, theirs)
            : partDifferences(champion, challenger, noise.of(exchange.scope()));
    boolean high = highConfidenceConflict(ours, theirs);
    Outcome outcome = differences.isEmpty() ? Outcome.AGREE : Outcome.DISAGREE;
    Conflict conflict =
        differences.isEmpty()
            ? null
            : conflict(
                exchange,
                outcome,
                null,
                differences.firstRow(),
                ours,
                theirs,
                high,
                differences.paths(),
                differences.total());
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        outcome,
        ours.count(),
        differences.rowsWithout(ours.count()),
        confidenceGap(ours, theirs),
        high,
        conflict,
        Observer.compared(exchange, ours, theirs, differences, selfCheck));
  }

  private static Differences labelDifferences(Rows ours, Rows theirs) {
    Differences differences = new Differences();
    for (int row = 0; row < ours.count(); row++) {
      if (!sameLabel(ours, theirs, row)) {
        differences.add(
            row, differences.keepsNextPath() ? ours.labelPaths().apply(row) : Path.ROOT);
      }
    }
    return differences;
  }

  private static boolean sameLabel(Rows ours, Rows theirs, int row) {
    Json our = ours.label(row);
    Json their = theirs.label(row);
    return our != null && their != null && Labels.same(our, their);
  }

  private boolean highConfidenceConflict(Rows ours, Rows theirs) {
    if (!ours.hasLabels() || !theirs.hasLabels()) {
      return false;
    }
    for (int row = 0; row < ours.count(); row++) {
      if (ours.confidence(row) >= highConfidence
          && theirs.confidence(row) >= highConfidence
          && !sameLabel(ours, theirs, row)) {
        return true;
      }
    }
    return false;
  }

  /** Mean over the rows in which both carry a confidence; NaN when there is no such row. */
  private static double confidenceGap(Rows ours, Rows theirs) {
    double sum = 0;
    int rows = 0;
    for (int row = 0; row < ours.count(); row++) {
      double gap = Math.abs(ours.confidence(row) - theirs.confidence(row));
      if (!Double.isNaN(gap)) {
        sum += gap;
        rows++;
      }
    }
    return rows == 0 ? Double.NaN : sum / rows;
  }

  /** Which row belongs to which is not known then, so none is said to agree. */
  private static Verdict differentRowCounts(
      Exchange exchange, Rows ours, Rows theirs, @Nullable SelfCheck selfCheck) {
    Conflict conflict =
        conflict(
            exchange,
            Outcome.DISAGREE,
            theirs.count() + " rows (expected " + ours.count() + ", as the champion has)",
            Math.min(ours.count(), theirs.count()),
            ours,
            theirs,
            false,
            List.of(),
            0);
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        Outcome.DISAGREE,
        ours.count(),
        0,
        Double.NaN,
        false,
        conflict,
        Observer.apart(exchange, null, null, selfCheck));
  }

  private static Verdict challengerError(
      Exchange exchange, Rows ours, String reason, String error, @Nullable SelfCheck selfCheck) {
    Conflict conflict =
        conflict(
            exchange,
            Outcome.CHALLENGER_ERROR,
            reason,
            0,
            ours,
            Rows.plain(0),
            false,
            List.of(),
            0);
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        Outcome.CHALLENGER_ERROR,
        ours.count(),
        0,
        Double.NaN,
        false,
        conflict,
        Observer.apart(exchange, null, error, selfCheck));
  }

  private static Conflict conflict(
      Exchange exchange,
      Outcome outcome,
      @Nullable String reason,
      int row,
      Rows ours,
      Rows theirs,
      boolean high,
      List<String> paths,
      int pathsTotal) {
    return new Conflict(
        Instant.ofEpochMilli(exchange.capturedAtMillis()),
        exchange.route(),
        exchange.scope(),
        exchange.requestId(),
        exchange.target(),
        outcome.label(),
        reason,
        row,
        shownLabel(ours, row),
        shownConfidence(ours, row),
        shownLabel(theirs, row),
        shownConfidence(theirs, row),
        high,
        paths,
        pathsTotal);
  }

  private static @Nullable String shownLabel(Rows rows, int row) {
    Json label = rows.label(row);
    return label == null ? null : Labels.show(label);
  }

  private static @Nullable Double shownConfidence(Rows rows, int row) {
    double confidence = rows.confidence(row);
    return Double.isNaN(confidence) ? null : confidence;
  }
}
