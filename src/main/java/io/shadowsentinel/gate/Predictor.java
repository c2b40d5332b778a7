package io.shadowsentinel.gate;

import io.shadowsentinel.model.Tensor;
import java.util.List;

/**
 * A model that answers one row at a time. One thread.
 *
 * @param <A> what it says of a row
 */
interface Predictor<A> {

  /**
   * The model's answer to one row as it stands; what is timed.
   *
   * @throws io.shadowsentinel.model.InferenceException when the model fails
   * @throws io.shadowsentinel.model.InvalidRequestException when it refuses its input
   */
  List<Tensor> run(List<Tensor> row);

  /**
   * The model's answer to one row, read.
   *
   * @throws BadInputException when the answer is none that can be measured
   */
  A answer(Case sample) throws BadInputException;

  /**
   * Makes sure that an answer can be right.
   *
   * @throws BadInputException when a case has a label that the model does not know
   */
  void checkLabels(List<Case> cases) throws BadInputException;

  /** The figures of answers, one for each case. */
  Quality quality(List<Case> cases, List<A> answers);

  /** Whether two answers say the same. */
  boolean agree(A one, A other);

  /** Over 0 when the first answer is the better one, under 0 when the second is, else 0. */
  int compare(Case sample, A one, A other);
}
