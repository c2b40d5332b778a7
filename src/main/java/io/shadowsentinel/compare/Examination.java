package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Judgement;
import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.diff.Differences;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonText;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextResult;
import io.shadowsentinel.exchange.Exchange;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * All that was found in two answers. Verdicts, questions to a judge and explanations are made of
 * it, and of nothing else.
 *
 * @param reason in words, where the outcome does not say it all
 * @param ours the champion's rows, none when they could not be read
 * @param theirs the challenger's, likewise
 * @param row the first row that differs
 * @param highConfidence the bar at or over which a confidence is high
 * @param byRow true when the rows of both answers stand beside each other
 * @param championError a word for what went wrong with the champion's answer, or null
 * @param challengerError the same of the challenger's
 * @param selfCheck null for a request that the champion got once
 */
record Examination(
    Outcome outcome,
    @Nullable String reason,
    Rows ours,
    Rows theirs,
    Differences differences,
    int row,
    double highConfidence,
    boolean byRow,
    @Nullable String championError,
    @Nullable String challengerError,
    @Nullable SelfCheck selfCheck) {

  /** Findings of which nothing else was seen. */
  private Examination(
      Outcome outcome,
      @Nullable String reason,
      Rows ours,
      Rows theirs,
      Differences differences,
      int row,
      double highConfidence,
      boolean byRow) {
    this(outcome, reason, ours, theirs, differences, row, highConfidence, byRow, null, null, null);
  }

  /** The same findings, and what else was seen. */
  Examination seeing(
      @Nullable String ourError, @Nullable String theirError, @Nullable SelfCheck check) {
    return new Examination(
        outcome,
        reason,
        ours,
        theirs,
        differences,
        row,
        highConfidence,
        byRow,
        ourError,
        theirError,
        check);
  }

  static Examination incomparable(String reason) {
    Rows none = Rows.plain(0);
    return new Examination(
        Outcome.INCOMPARABLE, reason, none, none, new Differences(), 0, 1, false);
  }

  static Examination challengerError(Rows ours, String reason) {
    return new Examination(
        Outcome.CHALLENGER_ERROR, reason, ours, Rows.plain(0), new Differences(), 0, 1, false);
  }

  /** Which row belongs to which is not known then, so none is said to agree. */
  static Examination differentRowCounts(Rows ours, Rows theirs) {
    return new Examination(
        Outcome.DISAGREE,
        theirs.count() + " rows (expected " + ours.count() + ", as the champion has)",
        ours,
        theirs,
        new Differences(),
        Math.min(ours.count(), theirs.count()),
        1,
        false);
  }

  static Examination compared(
      Rows ours, Rows theirs, Differences differences, double highConfidence) {
    Outcome outcome = Outcome.DISAGREE;
    String reason = differences.reason();
    if (differences.isEmpty()) {
      reason = differences.undecidedReason();
      outcome = reason == null ? Outcome.AGREE : Outcome.INCOMPARABLE;
    }
    return new Examination(
        outcome, reason, ours, theirs, differences, differences.firstRow(), highConfidence, true);
  }

  /** The verdict, when nobody is asked, and of a disagreement what the rules let be kept. */
  Verdict verdict(Exchange exchange, ConflictRules rules) {
    if (outcome == Outcome.INCOMPARABLE) {
      return new Verdict(
          exchange.route(),
          exchange.scope(),
          outcome,
          0,
          0,
          Double.NaN,
          false,
          null,
          null,
          observation(exchange, rules),
          exchange.number());
    }
    int rows = ours.count();
    return new Verdict(
        exchange.route(),
        exchange.scope(),
        outcome,
        rows,
        byRow ? differences.rowsWithout(rows) : 0,
        confidenceGap(),
        highConfidenceConflict(),
        outcome == Outcome.AGREE ? null : conflict(exchange, rules),
        null,
        observation(exchange, rules),
        exchange.number());
  }

  private Observation observation(Exchange exchange, ConflictRules rules) {
    return byRow && outcome != Outcome.INCOMPARABLE
        ? Observer.compared(exchange, ours, theirs, differences, selfCheck, rules)
        : Observer.apart(exchange, championError, challengerError, selfCheck);
  }

  /** The verdict, or what a judge must be asked before there is one. */
  Inquiry inquiry(Exchange exchange, @Nullable JudgeSettings judge, ConflictRules rules) {
    boolean open =
        judge != null && byRow && outcome == Outcome.INCOMPARABLE && differences.canBeAsked();
    if (!open) {
      return Inquiry.settled(verdict(exchange, rules));
    }
    List<Inquiry.Question> questions = new ArrayList<>();
    for (Differences.Found found : differences.undecided()) {
      questions.add(
          new Inquiry.Question(
              found.path().toString(), text(found.champion()), text(found.challenger())));
    }
    return new Inquiry(
        exchange.route(),
        exchange.requestId(),
        judge,
        questions,
        judgements -> settled(judgements).verdict(exchange, rules));
  }

  private static String text(@Nullable Json value) {
    return ((Json.Text) Objects.requireNonNull(value)).value();
  }

  /**
   * The same findings with a judge's word added. One disagreement decides, and one question that
   * was not answered leaves the whole undecided.
   */
  private Examination settled(List<Judgement> judgements) {
    Differences judged = new Differences();
    for (int i = 0; i < judgements.size(); i++) {
      Differences.Found found = differences.undecided().get(i);
      if (judgements.get(i).result() == Judgement.Result.DISAGREE) {
        judged.add(
            found.row(),
            found.path(),
            found.champion(),
            found.challenger(),
            "the judge says that the texts differ");
      }
    }
    boolean allAgree =
        judgements.size() == differences.undecided().size()
            && judgements.stream().allMatch(each -> each.result() == Judgement.Result.AGREE);
    if (!allAgree && judged.isEmpty()) {
      return this;
    }
    if (!allAgree) {
      // What was not asked any more is not known to agree.
      for (int i = judgements.size(); i < differences.undecided().size(); i++) {
        Differences.Found rest = differences.undecided().get(i);
        judged.add(rest.row(), rest.path(), rest.champion(), rest.challenger(), TextResult.ASK);
      }
    }
    return compared(ours, theirs, judged, highConfidence)
        .seeing(championError, challengerError, selfCheck);
  }

  Explanation explanation() {
    List<Explanation.Row> rows = new ArrayList<>();
    int total = Math.max(ours.count(), theirs.count());
    for (int at = 0; at < Math.min(total, Explanation.MAX_ROWS); at++) {
      rows.add(
          new Explanation.Row(
              at,
              shownLabel(ours, at),
              shownConfidence(ours, at),
              shownLabel(theirs, at),
              shownConfidence(theirs, at),
              byRow && !differences.differsIn(at)));
    }
    List<Explanation.Difference> shown = new ArrayList<>();
    differences.kept().forEach(found -> shown.add(explain(found)));
    differences.undecided().forEach(found -> shown.add(explain(found)));
    return new Explanation(
        outcome,
        reason,
        rows,
        total,
        confidenceGap(),
        highConfidenceConflict(),
        shown,
        differences.total() + differences.undecided().size());
  }

  private static Explanation.Difference explain(Differences.Found found) {
    Json key = found.path().key();
    String note = key == null ? null : "key " + shown(key);
    if (found.reason() != null) {
      note = note == null ? found.reason() : note + "; " + found.reason();
    }
    return new Explanation.Difference(
        found.path().toString(), shown(found.champion()), shown(found.challenger()), note);
  }

  private static @Nullable String shown(@Nullable Json value) {
    return value == null ? null : JsonText.of(value, Explanation.MAX_VALUE_CHARS);
  }

  private boolean highConfidenceConflict() {
    if (!byRow || !ours.hasLabels() || !theirs.hasLabels()) {
      return false;
    }
    for (int at = 0; at < ours.count(); at++) {
      if (ours.confidence(at) >= highConfidence
          && theirs.confidence(at) >= highConfidence
          && differences.differsIn(at)) {
        return true;
      }
    }
    return false;
  }

  /** Mean over the rows in which both carry a confidence; NaN when there is no such row. */
  private double confidenceGap() {
    double sum = 0;
    int rows = 0;
    for (int at = 0; byRow && at < ours.count(); at++) {
      double gap = Math.abs(ours.confidence(at) - theirs.confidence(at));
      if (!Double.isNaN(gap)) {
        sum += gap;
        rows++;
      }
    }
    return rows == 0 ? Double.NaN : sum / rows;
  }

  private Conflict conflict(Exchange exchange, ConflictRules rules) {
    Conflict conflict =
        new Conflict(
            Instant.ofEpochMilli(exchange.capturedAtMillis()),
            exchange.route(),
            exchange.scope(),
            exchange.requestId(),
            rules.target(exchange.target()),
            outcome.label(),
            reason,
            row,
            rules.label(ours, row),
            shownConfidence(ours, row),
            rules.label(theirs, row),
            shownConfidence(theirs, row),
            highConfidenceConflict(),
            differences.paths(),
            differences.total());
    return rules.withBodies(conflict, exchange);
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
