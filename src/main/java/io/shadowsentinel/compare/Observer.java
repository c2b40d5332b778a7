package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.diff.Differences;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes observations. On the way of every comparison, so it makes no more than it must. */
final class Observer {

  /** The word for an answer that came in full, and is not what its format reads. */
  static final String UNREADABLE = "unreadable";

  private Observer() {}

  /** Of two answers that were compared, with the labels that may be kept. */
  static Observation compared(
      Exchange exchange,
      Rows ours,
      Rows theirs,
      Differences differences,
      @Nullable SelfCheck selfCheck,
      ConflictRules rules) {
    List<String> championLabels = List.of();
    List<String> challengerLabels = List.of();
    int rows = 0;
    if (ours.hasLabels() && theirs.hasLabels()) {
      rows = Math.min(ours.count(), Observation.MAX_ROWS);
      championLabels = labels(ours, rows, rules);
      challengerLabels =
          differences.isSame()
              ? championLabels
              : labelsBeside(championLabels, theirs, differences, rules);
    }
    return new Observation(
        exchange.requestId(),
        exchange.capturedAtMillis(),
        differences.places(),
        championLabels,
        challengerLabels,
        championLabels.isEmpty() ? 0 : ours.count() - rows,
        nanos(exchange.champion()),
        nanos(exchange.challenger()),
        null,
        null,
        selfCheck);
  }

  /** Of answers that were not compared place by place. */
  static Observation apart(
      Exchange exchange,
      @Nullable String championError,
      @Nullable String challengerError,
      @Nullable SelfCheck selfCheck) {
    return new Observation(
        exchange.requestId(),
        exchange.capturedAtMillis(),
        List.of(),
        List.of(),
        List.of(),
        0,
        nanos(exchange.champion()),
        nanos(exchange.challenger()),
        championError,
        challengerError,
        selfCheck);
  }

  /** The word for what went wrong with an answer, or null when nothing did. */
  static @Nullable String error(Answer answer) {
    return switch (answer.fate()) {
      case COMPLETE -> answer.isSuccess() ? null : status(answer.status());
      case TOO_LARGE -> "too_large";
      case TIMED_OUT -> "timed_out";
      case UNREACHABLE -> "unreachable";
      case BROKEN -> "broken";
      case UNFINISHED -> "champion_unfinished";
      // It was not asked, or not heard out, and has done nothing wrong.
      case NOT_SENT, GIVEN_UP -> null;
    };
  }

  /** Whatever an upstream sends for a status, the words are few. */
  private static String status(int status) {
    return status >= 100 && status <= 599 ? "status_" + status : "status_other";
  }

  private static List<String> labels(Rows rows, int count, ConflictRules rules) {
    if (count == 1) {
      return List.of(label(rows, 0, rules));
    }
    String[] labels = new String[count];
    for (int row = 0; row < count; row++) {
      labels[row] = label(rows, row, rules);
    }
    return List.of(labels);
  }

  /** A label that is the same class is told as the champion spells it: 1 and "1.0" are one. */
  private static List<String> labelsBeside(
      List<String> champions, Rows theirs, Differences differences, ConflictRules rules) {
    String[] labels = new String[champions.size()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = differences.agreesIn(row) ? champions.get(row) : label(theirs, row, rules);
    }
    return List.of(labels);
  }

  private static String label(Rows rows, int row, ConflictRules rules) {
    String label = rules.label(rows, row);
    return label == null ? "" : label;
  }

  private static long nanos(Answer answer) {
    return answer.fate() == Answer.Fate.COMPLETE ? answer.latencyNanos() : Observation.NO_ANSWER;
  }
}
