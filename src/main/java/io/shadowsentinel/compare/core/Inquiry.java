package io.shadowsentinel.compare.core;

import io.shadowsentinel.compare.text.JudgeSettings;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A comparison on its way to a verdict: what a judge must be asked first, if anything.
 *
 * @param judge whom to ask; null when there are no questions
 * @param questions pairs of texts, in the answer's order; none when the verdict is known
 * @param settle makes the verdict of as many judgements as were made, in the questions' order. The
 *     first that is no agreement settles it, so that the rest need not be asked
 */
public record Inquiry(
    String route,
    String requestId,
    @Nullable JudgeSettings judge,
    List<Question> questions,
    Function<List<Judgement>, Verdict> settle) {

  /**
   * Two texts of which a judge is to say whether they mean the same.
   *
   * @param path where they stand, a JSON Pointer
   */
  public record Question(String path, String champion, String challenger) {}

  public Inquiry {
    questions = List.copyOf(questions);
  }

  /** A comparison whose verdict is known. */
  public static Inquiry settled(Verdict verdict) {
    return new Inquiry(verdict.route(), "", null, List.of(), unused -> verdict);
  }

  /** The same inquiry, whose verdict names the format that was read. */
  public Inquiry withFormat(String name) {
    return new Inquiry(
        route, requestId, judge, questions, settle.andThen(verdict -> verdict.withFormat(name)));
  }

  /** The verdict, when there is nothing to ask or nobody to. */
  public Verdict verdict() {
    return settle.apply(List.of());
  }
}
