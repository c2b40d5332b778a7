package io.shadowsentinel.gate;

import io.shadowsentinel.model.OneLine;
import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import io.shadowsentinel.model.TensorSpec;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A model that gives a row a label, and perhaps a probability for each. One thread. */
final class Classifier implements Predictor<ClassAnswer> {

  /** How far the sum of a row's probabilities may be from 1. */
  private static final double SUM_TOLERANCE = 1e-3;

  private final OnnxModel model;
  private final Set<String> outputs = new LinkedHashSet<>();
  private final @Nullable TensorSpec label;
  private final @Nullable TensorSpec scores;

  /** The names of the score columns, once an answer told them; null where nothing does. */
  private @Nullable List<String> columns;

  private @Nullable String noProbabilities;

  private Classifier(OnnxModel model, @Nullable TensorSpec label, @Nullable TensorSpec scores) {
    this.model = model;
    this.label = label;
    this.scores = scores;
    if (label != null) {
      outputs.add(label.name());
    }
    if (scores != null) {
      outputs.add(scores.name());
    } else {
      noProbabilities = "the model gives a label and no scores";
    }
    columns = model.classes() == null ? null : canonical(model.classes());
  }

  /**
   * @throws BadInputException when the model gives neither a label nor scores
   */
  static Classifier of(OnnxModel model, Path file) throws BadInputException {
    List<TensorSpec> outputs = model.outputs();
    TensorSpec label =
        outputs.stream().filter(TensorSpec::isDiscreteColumn).findFirst().orElse(null);
    TensorSpec scores =
        outputs.stream()
            .filter(TensorSpec::isScoreMatrix)
            .findFirst()
            .or(() -> outputs.stream().filter(TensorSpec::isNumberColumn).findFirst())
            .orElse(null);
    boolean oneNumber = scores != null && scores.isNumberColumn();
    List<String> classes = model.classes();
    boolean binary = classes != null && classes.size() == 2;
    if (label != null && oneNumber) {
      // A single number beside a label may be anything.
      return new Classifier(model, label, null);
    }
    if (label == null && (scores == null || (oneNumber && !binary))) {
      throw new BadInputException(
          file
              + ": no output holds a label or a score for each class"
              + " (expected a classifier; a regressor has a bar on its RMSE)");
    }
    return new Classifier(model, label, scores);
  }

  @Override
  public void checkLabels(List<Case> cases) throws BadInputException {
    List<String> known = columns;
    for (Case sample : cases) {
      if (known != null && !known.contains(sample.label())) {
        throw new BadInputException(
            "%s: label '%s': no class of the model (expected %s)"
                .formatted(sample.place(), OneLine.value(sample.label()), Columns.shown(known)));
      }
    }
  }

  @Override
  public Quality quality(List<Case> cases, List<ClassAnswer> answers) {
    ClassTally tally = new ClassTally();
    for (int i = 0; i < cases.size(); i++) {
      tally.add(cases.get(i).label(), answers.get(i));
    }
    return tally.result(noProbabilities);
  }

  @Override
  public boolean agree(ClassAnswer one, ClassAnswer other) {
    return one.label().equals(other.label());
  }

  @Override
  public int compare(Case sample, ClassAnswer one, ClassAnswer other) {
    return Boolean.compare(
        one.label().equals(sample.label()), other.label().equals(sample.label()));
  }

  @Override
  public List<Tensor> run(List<Tensor> row) {
    return model.infer(row, outputs);
  }

  @Override
  public ClassAnswer answer(Case sample) throws BadInputException {
    List<Tensor> answers = run(sample.inputs());
    Tensor scored = scores == null ? null : answers.get(answers.size() - 1);
    double[] numbers = scored == null ? new double[0] : numbers(scored, sample);
    if (scored != null) {
      learnColumns(scored, numbers.length);
    }
    int best = best(numbers);
    String given = label == null ? name(best) : given(answers.get(0));
    check(numbers, given, best);
    if (noProbabilities != null) {
      return new ClassAnswer(given, Double.NaN, Double.NaN);
    }
    return new ClassAnswer(given, score(numbers, given), score(numbers, sample.label()));
  }

  /** The scores as numbers; a single probability becomes two. */
  private static double[] numbers(Tensor tensor, Case sample) throws BadInputException {
    double[] numbers = new double[tensor.size()];
    for (int i = 0; i < numbers.length; i++) {
      numbers[i] = tensor.number(i);
      if (Double.isNaN(numbers[i])) {
        throw new BadInputException(
            "%s: the model answers NaN in output '%s' (expected numbers)"
                .formatted(sample.place(), tensor.name()));
      }
    }
    if (numbers.length != 1) {
      return numbers;
    }
    double yes = numbers[0];
    if (yes < 0 || yes > 1) {
      throw new BadInputException(
          "%s: the model answers %s in output '%s' (expected a probability, 0 to 1)"
              .formatted(sample.place(), yes, tensor.name()));
    }
    return new double[] {1 - yes, yes};
  }

  /** The answer's own labels name its columns, else the metadata, else only their positions do. */
  private void learnColumns(Tensor answer, int width) {
    if (answer.classes() != null) {
      columns = canonical(answer.classes());
    } else if (columns != null && columns.size() != width) {
      columns = null;
      noProbabilities = "the scores are not as many as the classes";
    } else if (columns == null && label == null) {
      columns = IntStream.range(0, width).mapToObj(String::valueOf).toList();
    }
  }

  /** Notices when the scores are none that figures can rest on. */
  private void check(double[] numbers, String given, int best) {
    if (noProbabilities != null) {
      return;
    }
    double sum = 0;
    boolean inRange = true;
    for (double number : numbers) {
      sum += number;
      inRange &= number >= -SUM_TOLERANCE && number <= 1 + SUM_TOLERANCE;
    }
    if (!inRange || Math.abs(sum - 1) > SUM_TOLERANCE) {
      noProbabilities = "the scores are no probabilities: those of a row do not add up to 1";
    } else if (columns == null && score(numbers, given) < numbers[best]) {
      noProbabilities = "nothing names the columns of the scores (expected metadata 'classes')";
    }
  }

  /** The score of a label; 0 for one that the model does not know. */
  private double score(double[] numbers, String of) {
    int position = columns == null ? position(of) : columns.indexOf(of);
    return position < 0 || position >= numbers.length ? 0 : numbers[position];
  }

  private static int position(String label) {
    return label.matches("[0-9]{1,9}") ? Integer.parseInt(label) : -1;
  }

  private String given(Tensor answer) {
    String text = LabelText.canonical(answer.text(0));
    List<String> names = model.classes() == null ? List.of() : canonical(model.classes());
    int position = position(text);
    // A model that answers positions, with names for them, means the names.
    return names.contains(text) || position < 0 || position >= names.size()
        ? text
        : names.get(position);
  }

  private String name(int position) {
    List<String> names = columns;
    return names == null || position >= names.size()
        ? String.valueOf(position)
        : names.get(position);
  }

  private static int best(double[] numbers) {
    int best = 0;
    for (int i = 1; i < numbers.length; i++) {
      best = numbers[i] > numbers[best] ? i : best;
    }
    return best;
  }

  private static List<String> canonical(List<String> labels) {
    return labels.stream().map(LabelText::canonical).toList();
  }
}
