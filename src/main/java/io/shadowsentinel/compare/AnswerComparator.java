package io.shadowsentinel.compare;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Takes the two answers of an exchange to an outcome: the champion's first, because what it did not
 * answer cannot be held against the challenger.
 */
final class AnswerComparator implements Comparator {
  private final String configured;
  private final Format format;
  private final AnswerReader reader;
  private final Differ differ;
  private final double highConfidence;

  AnswerComparator(Format format, CompareSettings settings) {
    this.configured = settings.format();
    this.format = format;
    this.reader = new AnswerReader(format, settings);
    this.differ = new Differ(new Numeric(settings.tolerance(), settings.relativeTolerance()));
    this.highConfidence = settings.highConfidence();
  }

  @Override
  public Verdict compare(Exchange exchange) {
    Verdict verdict = judge(exchange);
    String picked = format.picked();
    return verdict.withFormat(picked == null ? configured : picked);
  }

  @Override
  public Optional<String> pickedFormat() {
    return Optional.ofNullable(format.picked());
  }

  private Verdict judge(Exchange exchange) {
    Answer champion = exchange.champion();
    Answer challenger = exchange.challenger();
    if (!champion.isSuccess()) {
      return incomparable(exchange);
    }
    Reading ours;
    try {
      ours = reader.read(champion, exchange.target());
    } catch (UnreadableException e) {
      return incomparable(exchange);
    }
    if (!challenger.isSuccess()) {
      return challengerError(exchange, ours.rows(), failure(challenger));
    }
    try {
      Reading theirs =
          sameBytes(champion, challenger) ? ours : reader.read(challenger, exchange.target());
      return compare(exchange, ours, theirs);
    } catch (UnreadableException e) {
      return challengerError(exchange, ours.rows(), e.reason());
    }
  }

  /** A verdict for what cannot be compared, and counts for neither side. */
  static Verdict incomparable(Exchange exchange) {
    return new Verdict(
        exchange.route(), exchange.scope(), Outcome.INCOMPARABLE, 0, 0, Double.NaN, false, null);
  }

  private static boolean sameBytes(Answer champion, Answer challenger) {
    return Objects.equals(champion.contentEncoding(), challenger.contentEncoding())
        && Objects.equals(champion.contentType(), challenger.contentType())
        && Objects.equals(champion.inferenceHeaderLength(), challenger.inferenceHeaderLength())
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

  private Verdict compare(Exchange exchange, Reading champion, Reading challenger) {
    Rows ours = champion.rows();
    Rows theirs = challenger.rows();
    if (ours.count() != theirs.count()) {
      return differentRowCounts(exchange, ours, theirs);
    }
    Differences differences =
        ours.hasLabels() && theirs.hasLabels()
            ? labelDifferences(ours, theirs)
            : differ.compare(champion.parts(), challenger.parts(), ours.count());
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
        conflict);
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
  private static Verdict differentRowCounts(Exchange exchange, Rows ours, Rows theirs) {
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
        conflict);
  }

  private static Verdict challengerError(Exchange exchange, Rows ours, String reason) {
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
        conflict);
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
