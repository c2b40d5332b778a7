package io.shadowsentinel.train;

import static io.shadowsentinel.train.OnnxGraph.attribute;

import ai.onnx.proto.OnnxMl.TensorProto.DataType;
import ai.onnx.proto.OnnxMl.TypeProto;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Writes the small models that the tests of the model server load. */
public final class WriteFixtures {

  private static final String[] ANIMALS = {"dog", "cat", "eel"};

  private WriteFixtures() {}

  /** Takes the folder of the test's models. */
  public static void main(String[] args) throws IOException {
    Path directory = Path.of(args[0]);
    zipMapOfStrings().write(directory.resolve("zipmap-strings.onnx"));
    zipMapOfNumbers().write(directory.resolve("zipmap-numbers.onnx"));
    everyType().write(directory.resolve("every-type.onnx"));
    softmax("[\"dog\",\"cat\",\"eel\"]").write(directory.resolve("probabilities-only.onnx"));
    softmax("dog, cat").write(directory.resolve("wrong-classes.onnx"));
    logarithm().write(directory.resolve("logarithm.onnx"));
    sum().write(directory.resolve("sum.onnx"));
    brainFloat().write(directory.resolve("bfloat16.onnx"));
    for (DataType type : List.of(DataType.UINT16, DataType.UINT32, DataType.UINT64)) {
      label(type)
          .write(directory.resolve("label-" + type.name().toLowerCase(Locale.ROOT) + ".onnx"));
    }
    spelled().write(directory.resolve("spelled.onnx"));
    nothing().write(directory.resolve("nothing.onnx"));
    sequenceInput().write(directory.resolve("sequence-input.onnx"));
    regressor().write(directory.resolve("regressor.onnx"));
    image().write(directory.resolve("image.onnx"));
    batchOfTwo().write(directory.resolve("batch-of-two.onnx"));
    houses(20).write(directory.resolve("houses.onnx"));
    houses(24).write(directory.resolve("houses-old.onnx"));
    sigmoid().write(directory.resolve("sigmoid.onnx"));
    scores("Identity").write(directory.resolve("logits.onnx"));
    scores("Log").write(directory.resolve("not-a-number.onnx"));
    unnamedColumns().write(directory.resolve("unnamed-columns.onnx"));
  }

  private static OnnxGraph zipMapOfStrings() {
    return new OnnxGraph("animals", "As scikit-learn's classifiers come out of skl2onnx")
        .input("scores", DataType.FLOAT, "batch", 3)
        .node("Softmax", List.of("scores"), "softmax", attribute("axis", 1))
        .node("ArgMax", List.of("scores"), "index", attribute("axis", 1), attribute("keepdims", 0))
        .mlNode(
            "LabelEncoder",
            List.of("index"),
            "output_label",
            attribute("keys_int64s", new long[] {0, 1, 2}),
            attribute("values_strings", ANIMALS))
        .mlNode(
            "ZipMap",
            List.of("softmax"),
            "output_probability",
            attribute("classlabels_strings", ANIMALS))
        .output("output_label", DataType.STRING, "batch")
        .mapOutput("output_probability", DataType.STRING);
  }

  private static OnnxGraph zipMapOfNumbers() {
    return new OnnxGraph("numbers", "A ZipMap of integers, with no label output")
        .input("scores", DataType.FLOAT, "batch", 3)
        .node("Softmax", List.of("scores"), "softmax", attribute("axis", 1))
        .mlNode(
            "ZipMap",
            List.of("softmax"),
            "output_probability",
            attribute("classlabels_int64s", new long[] {10, 9, 100}))
        .mapOutput("output_probability", DataType.INT64);
  }

  private static OnnxGraph everyType() {
    OnnxGraph graph = new OnnxGraph("every-type", "Each input comes back as it is");
    Map<String, DataType> types =
        new TreeMap<>(
            Map.ofEntries(
                Map.entry("bool", DataType.BOOL),
                Map.entry("uint8", DataType.UINT8),
                Map.entry("uint16", DataType.UINT16),
                Map.entry("uint32", DataType.UINT32),
                Map.entry("uint64", DataType.UINT64),
                Map.entry("int8", DataType.INT8),
                Map.entry("int16", DataType.INT16),
                Map.entry("int32", DataType.INT32),
                Map.entry("int64", DataType.INT64),
                Map.entry("fp16", DataType.FLOAT16),
                Map.entry("fp32", DataType.FLOAT),
                Map.entry("fp64", DataType.DOUBLE),
                Map.entry("bytes", DataType.STRING)));
    types.forEach(
        (name, type) ->
            graph
                .input(name, type, "batch", 2)
                .node("Identity", List.of(name), name + "_out")
                .output(name + "_out", type, "batch", 2));
    return graph;
  }

  private static OnnxGraph softmax(String classes) {
    return new OnnxGraph("softmax", "Probabilities with class names, and no label output")
        .metadata("classes", classes)
        .input("scores", DataType.FLOAT, "batch", 3)
        .node("Softmax", List.of("scores"), "probabilities", attribute("axis", 1))
        .output("probabilities", DataType.FLOAT, "batch", 3);
  }

  private static OnnxGraph logarithm() {
    return new OnnxGraph("logarithm", "Not a number for what is below 0")
        .input("x", DataType.FLOAT, "batch")
        .node("Log", List.of("x"), "y")
        .output("y", DataType.FLOAT, "batch");
  }

  private static OnnxGraph sum() {
    return new OnnxGraph("sum", "Two inputs that must have as many rows")
        .input("a", DataType.DOUBLE, "batch", 2)
        .input("b", DataType.DOUBLE, "batch", 2)
        .node("Add", List.of("a", "b"), "c")
        .output("c", DataType.DOUBLE, "batch", 2);
  }

  private static OnnxGraph brainFloat() {
    return new OnnxGraph("bfloat16", "A type that the protocol has no name for")
        .input("x", DataType.BFLOAT16, "batch")
        .node("Identity", List.of("x"), "y")
        .output("y", DataType.BFLOAT16, "batch");
  }

  private static OnnxGraph label(DataType type) {
    return new OnnxGraph("label", "A label without a sign, from the same number with one")
        .input("x", DataType.INT64, "batch", 1)
        .node("Cast", List.of("x"), "label", attribute("to", type.getNumber()))
        .output("label", type, "batch", 1);
  }

  private static OnnxGraph spelled() {
    OnnxGraph graph = new OnnxGraph("spelled", "What the model itself takes an input for");
    for (DataType type :
        List.of(DataType.UINT8, DataType.UINT16, DataType.UINT32, DataType.UINT64)) {
      String name = type.name().toLowerCase(Locale.ROOT);
      graph
          .input(name, type, name)
          .node("Cast", List.of(name), name + "_out", attribute("to", DataType.STRING_VALUE))
          .output(name + "_out", DataType.STRING, name);
    }
    return graph.withoutVersion();
  }

  private static OnnxGraph nothing() {
    return new OnnxGraph("nothing", "A size that is 0")
        .input("x", DataType.FLOAT, "batch", 0)
        .node("Identity", List.of("x"), "y")
        .output("y", DataType.FLOAT, "batch", 0);
  }

  private static OnnxGraph sequenceInput() {
    TypeProto sequence =
        TypeProto.newBuilder()
            .setSequenceType(
                TypeProto.Sequence.newBuilder()
                    .setElemType(OnnxGraph.tensorType(DataType.FLOAT, "batch")))
            .build();
    return new OnnxGraph("sequence-input", "An input that is no tensor")
        .input("x", sequence)
        .node("SequenceLength", List.of("x"), "length")
        .output("length", DataType.INT64);
  }

  private static OnnxGraph regressor() {
    return new OnnxGraph("regressor", "One number a row, so no classifier")
        .input("x", DataType.FLOAT, "batch", 2)
        .node("ReduceSum", List.of("x"), "total")
        .output("total", DataType.FLOAT, 1, 1);
  }

  private static OnnxGraph image() {
    return new OnnxGraph("image", "Takes one image of 1 x 2 x 2, and no batch")
        .input("pixels", DataType.INT64, 1, 1, 2, 2)
        .node("Flatten", List.of("pixels"), "row")
        .node("ArgMax", List.of("row"), "label", attribute("axis", 1), attribute("keepdims", 0))
        .output("label", DataType.INT64, 1);
  }

  private static OnnxGraph batchOfTwo() {
    return new OnnxGraph("batch-of-two", "Takes two rows, never one")
        .input("x", DataType.FLOAT, 2, 3)
        .node("ArgMax", List.of("x"), "label", attribute("axis", 1), attribute("keepdims", 0))
        .output("label", DataType.INT64, 2);
  }

  private static OnnxGraph houses(double ofAHouse) {
    return new OnnxGraph("houses", "A regressor of three inputs, one of them a category")
        .input("area", DataType.FLOAT, "batch", 1)
        .input("rooms", DataType.INT64, "batch", 1)
        .input("kind", DataType.STRING, "batch", 1)
        .constant("weights", new double[] {2, 10, 5, ofAHouse}, 1, 4, 1)
        .node("Cast", List.of("rooms"), "roomsAsFloat", attribute("to", DataType.FLOAT_VALUE))
        .mlNode(
            "OneHotEncoder",
            List.of("kind"),
            "kinds",
            attribute("cats_strings", "flat", "house"),
            attribute("zeros", 0))
        .node("Flatten", List.of("kinds"), "kindColumns", attribute("axis", 1))
        .node(
            "Concat",
            List.of("area", "roomsAsFloat", "kindColumns"),
            "columns",
            attribute("axis", 1))
        .node("MatMul", List.of("columns", "weights"), "price")
        .output("price", DataType.FLOAT, "batch", 1);
  }

  private static OnnxGraph sigmoid() {
    return new OnnxGraph("sigmoid", "One probability a row, as Keras' binary classifiers give it")
        .metadata("classes", "[\"no\",\"yes\"]")
        .input("x", DataType.FLOAT, "batch", 2)
        .constant("weights", new double[] {1, 1}, 1, 2, 1)
        .node("MatMul", List.of("x", "weights"), "sum")
        .node("Sigmoid", List.of("sum"), "probability")
        .output("probability", DataType.FLOAT, "batch", 1);
  }

  private static OnnxGraph scores(String operator) {
    return new OnnxGraph("scores", "Scores that are no probabilities")
        .metadata("classes", "[\"dog\",\"cat\",\"eel\"]")
        .input("x", DataType.FLOAT, "batch", 3)
        .node(operator, List.of("x"), "scores")
        .output("scores", DataType.FLOAT, "batch", 3);
  }

  private static OnnxGraph unnamedColumns() {
    return new OnnxGraph("unnamed", "Labels 1 to 3, and columns that nothing says the label of")
        .input("scores", DataType.FLOAT, "batch", 3)
        .node("Softmax", List.of("scores"), "probabilities", attribute("axis", 1))
        .node("ArgMax", List.of("scores"), "index", attribute("axis", 1), attribute("keepdims", 0))
        .mlNode(
            "LabelEncoder",
            List.of("index"),
            "label",
            attribute("keys_int64s", new long[] {0, 1, 2}),
            attribute("values_int64s", new long[] {1, 2, 3}))
        .output("label", DataType.INT64, "batch")
        .output("probabilities", DataType.FLOAT, "batch", 3);
  }
}
