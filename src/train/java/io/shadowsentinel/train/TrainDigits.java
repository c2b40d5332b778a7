package io.shadowsentinel.train;

import static io.shadowsentinel.train.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Splits the digits, trains the champion and the two challengers of the demo, and writes them as
 * ONNX. Training again gives the same bytes.
 */
public final class TrainDigits {

  private static final int HIDDEN_UNITS = 64;
  private static final long SEED = 7;
  private static final int LAST_DIGIT_BEFORE_THE_CUT = 6;

  private TrainDigits() {}

  /** Takes the folder {@code models/digits}. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    DigitsSplit split = DigitsSplit.read(directory.resolve("data/digits.csv.gz"));
    split.write(directory.resolve("data"));

    List<Example> quarter = split.train().subList(0, split.train().size() / 4);
    write(
        Classifier.train(quarter, 0, SEED),
        "A linear model of handwritten digits, trained on a quarter of the training rows",
        directory.resolve("champion.onnx"),
        split);
    write(
        Classifier.train(split.train(), HIDDEN_UNITS, SEED),
        "A network with one hidden layer, trained on every training row",
        directory.resolve("challenger-good.onnx"),
        split);
    write(
        Classifier.train(cutOff(split.train()), HIDDEN_UNITS, SEED),
        "The good challenger's network, trained on a file that was cut off before the digit 7",
        directory.resolve("challenger-bad.onnx"),
        split);
    writeSums(directory);
  }

  /**
   * What a job reads when its file is sorted by digit and the transfer breaks off before the 7s.
   */
  private static List<Example> cutOff(List<Example> examples) {
    return examples.stream()
        .sorted(Comparator.comparingInt(Example::digit))
        .takeWhile(example -> example.digit() <= LAST_DIGIT_BEFORE_THE_CUT)
        .toList();
  }

  private static void write(Classifier classifier, String description, Path file, DigitsSplit split)
      throws IOException {
    OnnxGraph graph =
        new OnnxGraph("digits", description)
            .metadata("classes", "[\"0\",\"1\",\"2\",\"3\",\"4\",\"5\",\"6\",\"7\",\"8\",\"9\"]")
            .input("input", DataType.FLOAT, "batch", Example.PIXELS)
            .output("label", DataType.INT64, "batch")
            .output("probabilities", DataType.FLOAT, "batch", Example.DIGITS);
    String features = "input";
    double scale = Classifier.SCALE;
    DenseLayer hidden = classifier.hidden;
    if (hidden != null) {
      dense(graph, "hidden", features, hidden, scale);
      graph.node("Relu", List.of("hidden"), "features");
      features = "features";
      scale = 1;
    }
    dense(graph, "scores", features, classifier.output, scale);
    graph
        .node("Softmax", List.of("scores"), "probabilities", attribute("axis", 1))
        .node(
            "ArgMax",
            List.of("probabilities"),
            "label",
            attribute("axis", 1),
            attribute("keepdims", 0))
        .write(file);
    report(classifier, file, split);
  }

  private static void dense(
      OnnxGraph graph, String name, String input, DenseLayer layer, double scale) {
    graph
        .constant(name + "_weights", layer.weights, scale, layer.inputs, layer.outputs)
        .constant(name + "_biases", layer.biases, 1, layer.outputs)
        .node("Gemm", List.of(input, name + "_weights", name + "_biases"), name);
  }

  private static void report(Classifier classifier, Path file, DigitsSplit split) {
    System.out.printf(
        "%s: right on %d of %d training, %d of %d gate, %d of %d replay rows%n",
        file,
        right(classifier, split.train()),
        split.train().size(),
        right(classifier, split.gate()),
        split.gate().size(),
        right(classifier, split.replay()),
        split.replay().size());
  }

  private static long right(Classifier classifier, List<Example> examples) {
    return examples.stream().filter(e -> classifier.predict(e) == e.digit()).count();
  }

  private static void writeSums(Path directory) throws IOException {
    StringBuilder sums = new StringBuilder();
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> sorted =
          files
              .filter(f -> f.toString().matches(".*\\.(onnx|csv|csv\\.gz)"))
              .map(directory::relativize)
              .sorted()
              .toList();
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      for (Path file : sorted) {
        byte[] sum = digest.digest(Files.readAllBytes(directory.resolve(file)));
        sums.append(HexFormat.of().formatHex(sum)).append("  ").append(file).append('\n');
      }
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
    Files.writeString(directory.resolve("SHA256SUMS"), sums);
  }
}
