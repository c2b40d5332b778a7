package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.Texts;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The Open Inference Protocol, also called KServe V2: {@code {"outputs": [{name, shape, datatype,
 * data}]}}.
 *
 * <ul>
 *   <li>The label is a tensor of integers, booleans or strings, [n] or [n,1]; without one it is the
 *       arg max of a floating-point tensor [n,k], k 2 or more.
 *   <li>The confidence is the largest probability in that tensor, see {@link Vectors#confidence}.
 *   <li>A tensor of {@link Classifications} comes before either.
 *   <li>Of several that would do, the one with a well-known name is taken, else the first.
 *   <li>Where there is neither, outputs are compared by name, value by value. Datatypes and the
 *       nesting of {@code data} may differ; {@code id}, {@code model_name}, {@code model_version}
 *       and {@code parameters} are never compared.
 * </ul>
 *
 * <p>Data behind the JSON is read by {@link BinaryTensors}.
 */
final class OpenInferenceFormat implements Format {
  private static final List<String> LABEL_NAMES =
      List.of(
          "label",
          "labels",
          "output_label",
          "class",
          "classes",
          "predicted_class",
          "predictions",
          "prediction",
          "predict");
  private static final List<String> VECTOR_NAMES =
      List.of("probabilities", "probability", "output_probability", "scores", "probs", "logits");

  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = BinaryTensors.read(body);
    List<OutputTensor> tensors = tensors(document);
    return new Reading(document, rows(tensors), parts(tensors));
  }

  private static List<OutputTensor> tensors(Json document) throws UnreadableException {
    if (!(document instanceof Json.Members answer)
        || !(answer.get("outputs") instanceof Json.Items outputs)) {
      throw new UnreadableException("/outputs: expected an array of tensors");
    }
    List<OutputTensor> tensors = new ArrayList<>(outputs.size());
    Set<String> names = new HashSet<>();
    for (int i = 0; i < outputs.size(); i++) {
      Path path = Path.ROOT.child("outputs").child(i);
      Json output = outputs.get(i);
      if (output instanceof Json.Ignored) {
        continue;
      }
      if (!(output instanceof Json.Members members)) {
        throw new UnreadableException(path + ": expected a tensor");
      }
      if (members.byName().get("data") instanceof Json.Ignored) {
        continue;
      }
      OutputTensor tensor = OutputTensor.read(members, path);
      if (!names.add(tensor.name())) {
        throw new UnreadableException(
            path + "/name: \"" + Texts.cut(tensor.name(), 64) + "\" names two outputs");
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private static Rows rows(List<OutputTensor> tensors) {
    for (OutputTensor tensor : tensors) {
      Rows classified = Classifications.rows(tensor);
      if (classified != null) {
        return classified;
      }
    }
    OutputTensor labels = choose(tensors, OutputTensor::holdsLabels, LABEL_NAMES);
    OutputTensor vectors = choose(tensors, OutputTensor::holdsVectors, VECTOR_NAMES);
    double[] confidences = vectors == null ? null : confidences(vectors);
    if (labels != null) {
      Json[] values = new Json[labels.rows()];
      for (int row = 0; row < values.length; row++) {
        values[row] = labels.flat().get(row);
      }
      return Rows.labelled(values, null, labels::pathOf).withConfidences(confidences);
    }
    if (vectors != null) {
      Json.Num[] values = argMaxima(vectors);
      int width = vectors.width();
      return Rows.labelled(
          values, confidences, row -> vectors.pathOf(row * width + (int) values[row].value()));
    }
    return Rows.plain(commonRows(tensors));
  }

  private static Json.Num[] argMaxima(OutputTensor vectors) {
    double[] numbers = vectors.numbers();
    int width = vectors.width();
    Json.Num[] labels = new Json.Num[vectors.rows()];
    for (int row = 0; row < labels.length; row++) {
      labels[row] = Json.Num.of(Vectors.argMax(numbers, row * width, width));
    }
    return labels;
  }

  private static double[] confidences(OutputTensor vectors) {
    double[] numbers = vectors.numbers();
    int width = vectors.width();
    double[] confidences = new double[vectors.rows()];
    for (int row = 0; row < confidences.length; row++) {
      confidences[row] = Vectors.confidence(numbers, row * width, width);
    }
    return confidences;
  }

  private static @Nullable OutputTensor choose(
      List<OutputTensor> tensors, Predicate<OutputTensor> fits, List<String> names) {
    OutputTensor best = null;
    int bestRank = Integer.MAX_VALUE;
    for (OutputTensor tensor : tensors) {
      if (fits.test(tensor)) {
        int known = names.indexOf(tensor.name().toLowerCase(Locale.ROOT));
        int rank = known < 0 ? names.size() : known;
        if (rank < bestRank) {
          best = tensor;
          bestRank = rank;
        }
      }
    }
    return best;
  }

  /** The number of rows that all tensors have, or 1 when they do not have the same. */
  private static int commonRows(List<OutputTensor> tensors) {
    List<Integer> counts = tensors.stream().map(OutputTensor::rows).distinct().toList();
    return counts.size() == 1 ? counts.get(0) : 1;
  }

  private static List<Part> parts(List<OutputTensor> tensors) {
    boolean sameRows = tensors.stream().map(OutputTensor::rows).distinct().count() == 1;
    List<Part> parts = new ArrayList<>(tensors.size());
    for (OutputTensor tensor : tensors) {
      int rowWidth = sameRows ? tensor.width() : Integer.MAX_VALUE;
      parts.add(new Part(tensor.name(), tensor.path(), tensor.flat(), rowWidth, tensor::pathOf));
    }
    return parts;
  }
}
