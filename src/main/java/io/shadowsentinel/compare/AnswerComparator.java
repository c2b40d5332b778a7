package io.shadowsentinel.compare;

import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.Arrays;
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
  private final TextComparison texts;
  private final @Nullable JudgeSettings judge;
  private final double highConfidence;

  AnswerComparator(Format format, CompareSettings settings) {
    this.configured = settings.format();
    this.format = format;
    Numeric numeric = new Numeric(settings.tolerance(), settings.relativeTolerance());
    this.reader = new AnswerReader(format, settings);
    this.texts = TextComparison.of(settings.text(), numeric);
    this.differ = new Differ(numeric, texts, PlaceRules.of(settings.places()));
    this.judge = settings.text().judge();
    this.highConfidence = settings.highConfidence();
  }

  @Override
  public Verdict compare(Exchange exchange) {
    return examine(exchange).verdict(exchange).withFormat(formatInUse());
  }

  @Override
  public Inquiry inquire(Exchange exchange) {
    return examine(exchange).inquiry(exchange, judge).withFormat(formatInUse());
  }

  @Override
  public Explanation explain(Answer champion, Answer challenger) {
    return examine(champion, challenger, null).explanation();
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
    return examine(exchange.champion(), exchange.challenger(), exchange.target());
  }

  private Examination examine(Answer champion, Answer challenger, @Nullable String target) {
    if (!champion.isSuccess()) {
      return Examination.incomparable("the champion's answer: " + failure(champion));
    }
    if (challenger.fate() == Answer.Fate.NOT_SENT) {
      return Examination.incomparable("the challenger was not asked");
    }
    Reading ours;
    try {
      ours = reader.read(champion, target);
    } catch (UnreadableException e) {
      return Examination.incomparable("the champion's answer: " + e.reason());
    }
    if (!challenger.isSuccess()) {
      return Examination.challengerError(ours.rows(), failure(challenger));
    }
    try {
      Reading theirs = sameBytes(champion, challenger) ? ours : reader.read(challenger, target);
      return compare(ours, theirs);
    } catch (UnreadableException e) {
      return Examination.challengerError(ours.rows(), e.reason());
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
      case NOT_SENT -> "not asked";
    };
  }

  private Examination compare(Reading champion, Reading challenger) {
    Rows ours = champion.rows();
    Rows theirs = challenger.rows();
    if (ours.count() != theirs.count()) {
      return Examination.differentRowCounts(ours, theirs);
    }
    Differences differences =
        ours.hasLabels() && theirs.hasLabels()
            ? labelDifferences(ours, theirs)
            : differ.compare(champion.parts(), challenger.parts(), ours.count());
    return Examination.compared(ours, theirs, differences, highConfidence);
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
