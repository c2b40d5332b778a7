package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.NoiseModel;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.diff.Differ;
import io.shadowsentinel.compare.diff.Differences;
import io.shadowsentinel.compare.diff.TextModes;
import io.shadowsentinel.compare.format.Format;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Numeric;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.PlaceRules;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextComparison;
import io.shadowsentinel.compare.text.TextResult;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Takes the two answers of an exchange to an outcome: the champion's first, because what it did not
 * answer cannot be held against the challenger.
 */
public final class AnswerComparator implements Comparator {
  /** Nothing is ever learned under this one. */
  private static final String NO_SCOPE = "";

  private final String configured;
  private final Format format;
  private final AnswerReader reader;
  private final Differ differ;
  private final TextComparison texts;
  private final @Nullable JudgeSettings judge;
  private final NoiseModel noise;
  private final double highConfidence;
  private final ConflictRules rules;

  AnswerComparator(Format format, CompareSettings settings, NoiseModel noise) {
    this.configured = settings.format();
    this.format = format;
    Numeric numeric = new Numeric(settings.tolerance(), settings.relativeTolerance());
    this.reader = new AnswerReader(format, settings);
    this.texts = TextModes.of(settings.text(), numeric);
    this.differ = new Differ(numeric, texts, PlaceRules.of(settings.places()));
    this.judge = settings.text().judge();
    this.noise = noise;
    this.highConfidence = settings.highConfidence();
    this.rules = new ConflictRules(settings.conflicts());
  }

  @Override
  public Verdict compare(Exchange exchange) {
    return examine(exchange).verdict(exchange, rules).withFormat(formatInUse());
  }

  @Override
  public Inquiry inquire(Exchange exchange) {
    return examine(exchange).inquiry(exchange, judge, rules).withFormat(formatInUse());
  }

  @Override
  public Explanation explain(Answer champion, Answer challenger) {
    return examine(champion, challenger, null, NO_SCOPE, null).explanation();
  }

  @Override
  public Optional<String> pickedFormat() {
    return Optional.ofNullable(format.picked());
  }

  private String formatInUse() {
    String picked = format.picked();
    return picked == null ? configured : picked;
  }

  private Examination examine(Exchange exchange) {
    return examine(
        exchange.champion(),
        exchange.challenger(),
        exchange.championAgain(),
        exchange.scope(),
        exchange.target());
  }

  private Examination examine(
      Answer champion,
      Answer challenger,
      @Nullable Answer again,
      String scope,
      @Nullable String target) {
    String theirError = Observer.error(challenger);
    if (!champion.isSuccess()) {
      return Examination.incomparable("the champion's answer: " + failure(champion))
          .seeing(Observer.error(champion), theirError, failedCheck(again));
    }
    Reading ours;
    try {
      ours = reader.read(champion, target);
    } catch (UnreadableException e) {
      return Examination.incomparable("the champion's answer: " + e.reason())
          .seeing(Observer.UNREADABLE, theirError, failedCheck(again));
    }
    SelfCheck selfCheck = again == null ? null : selfCheck(champion, ours, again, scope, target);
    if (challenger.fate() == Answer.Fate.NOT_SENT) {
      return Examination.incomparable("the challenger was not asked")
          .seeing(null, theirError, selfCheck);
    }
    if (!challenger.isSuccess()) {
      return Examination.challengerError(ours.rows(), failure(challenger))
          .seeing(null, theirError, selfCheck);
    }
    try {
      Reading theirs = sameBytes(champion, challenger) ? ours : reader.read(challenger, target);
      return compare(ours, theirs, noise.of(scope)).seeing(null, null, selfCheck);
    } catch (UnreadableException e) {
      return Examination.challengerError(ours.rows(), e.reason())
          .seeing(null, Observer.UNREADABLE, selfCheck);
    }
  }

  /**
   * Compares the champion with itself, by the rule that holds for a challenger at this moment, and
   * learns from it. A label is never noise: it is what users act on. Nor is a text that nothing
   * here can decide; and where a judge is asked about challengers, what is decided without one says
   * too little of the champion to be counted.
   */
  private SelfCheck selfCheck(
      Answer champion, Reading first, Answer again, String scope, @Nullable String target) {
    Noise known = noise.of(scope);
    if (!again.isSuccess()) {
      return new SelfCheck(SelfCheck.Result.FAILED, known);
    }
    Reading second;
    try {
      second = sameBytes(champion, again) ? first : reader.read(again, target);
    } catch (UnreadableException e) {
      return new SelfCheck(SelfCheck.Result.FAILED, known);
    }
    Rows rows = first.rows();
    if (rows.count() != second.rows().count()) {
      return checked(false, noise.learn(scope, Set.of()));
    }
    boolean labels = rows.hasLabels() && second.rows().hasLabels();
    Differences found =
        labels
            ? labelDifferences(rows, second.rows())
            : differ.compare(
                first.parts(), second.parts(), rows.count(), Differences.allFolded(known));
    boolean agree =
        found.isEmpty()
            || (!labels
                && known.paths().containsAll(found.folded())
                && Remainder.isLeft(first.parts(), known));
    Noise learned = noise.learn(scope, labels ? Set.of() : found.folded());
    return agree && found.undecidedReason() != null
        ? new SelfCheck(SelfCheck.Result.FAILED, learned)
        : checked(agree, learned);
  }

  private SelfCheck checked(boolean agree, Noise learned) {
    if (judge != null) {
      return new SelfCheck(SelfCheck.Result.FAILED, learned);
    }
    return new SelfCheck(agree ? SelfCheck.Result.AGREE : SelfCheck.Result.DISAGREE, learned);
  }

  private static @Nullable SelfCheck failedCheck(@Nullable Answer again) {
    return again == null ? null : new SelfCheck(SelfCheck.Result.FAILED, Noise.NONE);
  }

  /** A verdict for what cannot be compared, and counts for neither side. */
  static Verdict incomparable(Exchange exchange) {
    return Examination.incomparable("not compared")
        .seeing(
            Observer.error(exchange.champion()),
            Observer.error(exchange.challenger()),
            failedCheck(exchange.championAgain()))
        .verdict(exchange, ConflictRules.DEFAULTS);
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
      case NOT_SENT -> "not asked";
      case UNFINISHED -> "not ended within mirror.timeout";
      case GIVEN_UP -> "not waited for";
    };
  }

  private Examination compare(Reading champion, Reading challenger, Noise known) {
    Rows ours = champion.rows();
    Rows theirs = challenger.rows();
    if (ours.count() != theirs.count()) {
      return Examination.differentRowCounts(ours, theirs);
    }
    Differences differences =
        ours.hasLabels() && theirs.hasLabels()
            ? labelDifferences(ours, theirs)
            : partDifferences(champion, challenger, known);
    return Examination.compared(ours, theirs, differences, highConfidence);
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

  private Differences labelDifferences(Rows ours, Rows theirs) {
    Differences differences = new Differences();
    for (int row = 0; row < ours.count(); row++) {
      Json our = ours.label(row);
      Json their = theirs.label(row);
      TextResult result = compareLabels(our, their);
      if (!result.isSame()) {
        boolean keeps = differences.keepsNextPath() || !result.isDifferent();
        Path path = keeps ? ours.labelPaths().apply(row) : Path.ROOT;
        differences.add(row, path, our, their, result);
      }
    }
    return differences;
  }

  /** Labels that are the same class are the same in every mode, and the mode may know of more. */
  private TextResult compareLabels(@Nullable Json our, @Nullable Json their) {
    if (our == null || their == null) {
      return TextResult.DIFFERENT;
    }
    if (Labels.same(our, their)) {
      return TextResult.SAME;
    }
    return our instanceof Json.Text x && their instanceof Json.Text y
        ? texts.compare(x.value(), y.value())
        : TextResult.DIFFERENT;
  }
}
