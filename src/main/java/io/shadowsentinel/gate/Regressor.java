package io.shadowsentinel.gate;

import io.shadowsentinel.model.OnnxModel;
import io.shadowsentinel.model.Tensor;
import io.shadowsentinel.model.TensorSpec;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/** A model that gives a row a number. One thread. */
final class Regressor implements Predictor<Double> {

  private final OnnxModel model;
  private final String output;
  private final double tolerance;

  private Regressor(OnnxModel model, String output, double tolerance) {
    this.model = model;
    this.output = output;
    this.tolerance = tolerance;
  }

  /**
   * @param tolerance how far two answers may be apart and say the same
   * @throws BadInputException when no output holds one number a row
   */
  static Regressor of(OnnxModel model, Path file, double tolerance) throws BadInputException {
    return model.outputs().stream()
        .filter(TensorSpec::isNumberColumn)
        .findFirst()
        .map(output -> new Regressor(model, output.name(), tolerance))
        .orElseThrow(
            () ->
                new BadInputException(
                    file
                        + ": no output holds one number a row"
                        + " (expected a regressor; a classifier has a bar on its accuracy)"));
  }

  @Override
  public List<Tensor> run(List<Tensor> row) {
    return model.infer(row, Set.of(output));
  }

  @Override
  public Double answer(Case sample) throws BadInputException {
    Tensor answer = run(sample.inputs()).get(0);
    if (answer.size() != 1 || !Double.isFinite(answer.number(0))) {
      throw new BadInputException(
          "%s: the model answers %s in output '%s' (expected one finite number)"
              .formatted(
                  sample.place(),
                  answer.size() == 1 ? answer.text(0) : answer.size() + " values",
                  output));
    }
    return answer.number(0);
  }

  @Override
  public void checkLabels(List<Case> cases) {
    // Every number can be answered.
  }

  @Override
  public Quality quality(List<Case> cases, List<Double> answers) {
    NumberTally tally = new NumberTally();
    for (int i = 0; i < cases.size(); i++) {
      tally.add(cases.get(i).target(), answers.get(i));
    }
    return tally.result();
  }

  @Override
  public boolean agree(Double one, Double other) {
    return Math.abs(one - other) <= tolerance;
  }

  @Override
  public int compare(Case sample, Double one, Double other) {
    return agree(one, other)
        ? 0
        : Double.compare(Math.abs(other - sample.target()), Math.abs(one - sample.target()));
  }
}
