package io.shadowsentinel.model;

import io.shadowsentinel.model.GateReport.MeasuredFile;
import io.shadowsentinel.model.LabelledRows.Row;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Measures a classifier on labelled rows before it may be deployed: accuracy, recall of each class,
 * time for one row, agreement with a baseline. Blocks, on one thread.
 */
public final class Gate {

  private static final int WARM_UP = 1_000;
  private static final int SAMPLES = 2_000;

  private Gate() {}

  /**
   * Measures.
   *
   * @param baseline the model to agree with; null exactly when {@code bars} ask for no agreement
   * @throws BadInputException when a file cannot be read or the files do not fit each other
   */
  public static GateReport run(Path model, Path data, @Nullable Path baseline, GateBars bars)
      throws BadInputException {
    LabelledRows rows = LabelledRows.read(data);
    try (OnnxModel loaded = OnnxModel.load(model, "model")) {
      RowClassifier classifier = RowClassifier.of(loaded, model, rows.features());
      List<Tensor> tensors = tensors(classifier, rows, data);
      List<String> labels = labels(classifier, tensors);
      Share agreement = baseline == null ? null : agreement(baseline, rows, data, labels);
      return new GateReport(
          measured(model),
          measured(data),
          baseline == null ? null : measured(baseline),
          bars,
          new Share(right(rows.rows(), labels), labels.size()),
          recall(rows.rows(), labels),
          latencies(classifier, tensors),
          agreement);
    } catch (ModelLoadException e) {
      throw new BadInputException(e.getMessage(), e);
    } catch (InvalidRequestException | InferenceException e) {
      throw new BadInputException(model + ": fails on " + data + ": " + e.getMessage(), e);
    }
  }

  private static Share agreement(Path file, LabelledRows rows, Path data, List<String> labels)
      throws ModelLoadException, BadInputException {
    try (OnnxModel baseline = OnnxModel.load(file, "baseline")) {
      RowClassifier classifier = RowClassifier.of(baseline, file, rows.features());
      List<String> others = labels(classifier, tensors(classifier, rows, data));
      int same = 0;
      for (int i = 0; i < labels.size(); i++) {
        same += labels.get(i).equals(others.get(i)) ? 1 : 0;
      }
      return new Share(same, labels.size());
    }
  }

  private static List<Tensor> tensors(RowClassifier classifier, LabelledRows rows, Path data)
      throws BadInputException {
    List<Tensor> tensors = new ArrayList<>(rows.rows().size());
    for (Row row : rows.rows()) {
      Tensor tensor = classifier.tensor(row.features());
      if (tensor == null) {
        throw new BadInputException(
            "%s:%d: a number that the model's input cannot hold (expected %s)"
                .formatted(data, row.line(), classifier.expectation()));
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private static List<String> labels(RowClassifier classifier, List<Tensor> tensors) {
    return tensors.stream().map(classifier::label).toList();
  }

  private static int right(List<Row> rows, List<String> labels) {
    int right = 0;
    for (int i = 0; i < labels.size(); i++) {
      right += rows.get(i).label().equals(labels.get(i)) ? 1 : 0;
    }
    return right;
  }

  private static Map<String, Share> recall(List<Row> rows, List<String> labels) {
    Map<String, Share> recall = new TreeMap<>();
    for (int i = 0; i < labels.size(); i++) {
      int right = rows.get(i).label().equals(labels.get(i)) ? 1 : 0;
      recall.merge(
          rows.get(i).label(),
          new Share(right, 1),
          (a, b) -> new Share(a.part() + b.part(), a.whole() + b.whole()));
    }
    return recall;
  }

  /** One row at a time, as most users send them. */
  private static Latencies latencies(RowClassifier classifier, List<Tensor> tensors) {
    for (int i = 0; i < WARM_UP; i++) {
      classifier.answer(tensors.get(i % tensors.size()));
    }
    long[] nanos = new long[Math.max(SAMPLES, tensors.size())];
    for (int i = 0; i < nanos.length; i++) {
      long start = System.nanoTime();
      classifier.answer(tensors.get(i % tensors.size()));
      nanos[i] = System.nanoTime() - start;
    }
    return Latencies.of(nanos);
  }

  private static MeasuredFile measured(Path file) throws BadInputException {
    try (InputStream bytes = Files.newInputStream(file)) {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      new DigestInputStream(bytes, digest).transferTo(OutputStream.nullOutputStream());
      return new MeasuredFile(file.toString(), HexFormat.of().formatHex(digest.digest()));
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + OneLine.of(e), e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
