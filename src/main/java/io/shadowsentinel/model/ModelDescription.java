package io.shadowsentinel.model;

import ai.onnxruntime.MapInfo;
import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OnnxModelMetadata;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.SequenceInfo;
import ai.onnxruntime.TensorInfo;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a model takes and gives.
 *
 * @param version the model's own version when its file has one over 0, else "1"
 * @param outputs in the model's order, and last the label that this server makes, if it makes one
 * @param madeLabel the name of an output that is not the model's: the class of the highest score;
 *     null where the model has a label of its own, or its classes have no names
 * @param scores the output that such a label is made from; null without one
 * @param maps the outputs that are a map for each row
 */
record ModelDescription(
    String version,
    List<TensorSpec> inputs,
    List<TensorSpec> outputs,
    @Nullable List<String> classes,
    @Nullable String madeLabel,
    @Nullable String scores,
    Set<String> maps) {

  private static final String CLASSES = "classes";

  static ModelDescription of(OrtSession session) throws OrtException, ModelLoadException {
    OnnxModelMetadata metadata = session.getMetadata();
    String named = metadata.getCustomMetadata().get(CLASSES);
    List<String> classes = named == null ? null : ClassNames.parse(named);
    List<TensorSpec> inputs = new ArrayList<>();
    for (NodeInfo input : session.getInputInfo().values()) {
      if (!(input.getInfo() instanceof TensorInfo tensor)) {
        throw new ModelLoadException(
            "input '" + input.getName() + "' is a sequence or a map (expected a tensor)");
      }
      inputs.add(spec("input", input.getName(), tensor, null));
    }
    Map<String, NodeInfo> outputInfo = session.getOutputInfo();
    List<TensorSpec> outputs = outputs(outputInfo.values(), classes);
    TensorSpec scores = scores(outputInfo, outputs);
    String version = version(metadata.getVersion());
    Set<String> maps = new HashSet<>();
    outputInfo.forEach(
        (name, info) -> {
          if (info.getInfo() instanceof SequenceInfo) {
            maps.add(name);
          }
        });
    if (scores == null) {
      return new ModelDescription(version, inputs, outputs, classes, null, null, maps);
    }
    String label = outputInfo.containsKey("label") ? "predicted_label" : "label";
    List<Long> rows = scores.shape().subList(0, 1);
    List<String> rowsName = scores.dimensionNames().subList(0, 1);
    outputs.add(new TensorSpec(label, DataType.BYTES, rows, rowsName, null));
    return new ModelDescription(version, inputs, outputs, classes, label, scores.name(), maps);
  }

  /** ONNX Runtime gives the largest number where the file has none. */
  private static String version(long told) {
    return told > 0 && told != Long.MAX_VALUE ? String.valueOf(told) : "1";
  }

  private static List<TensorSpec> outputs(
      Collection<NodeInfo> infos, @Nullable List<String> classes) throws ModelLoadException {
    List<TensorSpec> outputs = new ArrayList<>();
    for (NodeInfo output : infos) {
      if (output.getInfo() instanceof TensorInfo tensor) {
        outputs.add(spec("output", output.getName(), tensor, classes));
      } else if (output.getInfo() instanceof SequenceInfo sequence && sequence.isSequenceOfMaps()) {
        outputs.add(zipMap(output.getName(), sequence.mapInfo, classes));
      } else {
        throw new ModelLoadException(
            "output '" + output.getName() + "' is neither a tensor nor a ZipMap's sequence");
      }
    }
    return outputs;
  }

  private static TensorSpec zipMap(String name, MapInfo map, @Nullable List<String> classes)
      throws ModelLoadException {
    DataType datatype = map.valueType == OnnxJavaType.DOUBLE ? DataType.FP64 : DataType.FP32;
    boolean label = map.keyType == OnnxJavaType.STRING || map.keyType == OnnxJavaType.INT64;
    boolean number = map.valueType == OnnxJavaType.DOUBLE || map.valueType == OnnxJavaType.FLOAT;
    if (!label || !number) {
      throw new ModelLoadException(
          "output '%s' maps %s to %s (expected strings or integers to probabilities)"
              .formatted(name, map.keyType, map.valueType));
    }
    long columns = classes == null ? -1 : classes.size();
    return new TensorSpec(name, datatype, List.of(-1L, columns), List.of("", ""), classes);
  }

  private static TensorSpec spec(
      String kind, String name, TensorInfo info, @Nullable List<String> classes)
      throws ModelLoadException {
    DataType datatype = DataType.of(info.onnxType);
    if (datatype == null) {
      throw new ModelLoadException(
          "%s '%s' is of type %s, which cannot be served (expected one of %s)"
              .formatted(
                  kind,
                  OneLine.value(name),
                  info.onnxType.name().replace("ONNX_TENSOR_ELEMENT_DATA_TYPE_", ""),
                  Arrays.toString(DataType.values())));
    }
    List<Long> shape = Arrays.stream(info.getShape()).boxed().toList();
    List<String> names = List.of(info.getDimensionNames());
    TensorSpec plain = new TensorSpec(name, datatype, shape, names, null);
    if (classes == null || !plain.isScoreMatrix()) {
      return plain;
    }
    long columns = shape.get(1);
    if (columns >= 0 && columns != classes.size()) {
      throw new ModelLoadException(
          "metadata classes: %d names (expected %d, the width of output '%s')"
              .formatted(classes.size(), columns, name));
    }
    return new TensorSpec(name, datatype, shape, names, classes);
  }

  /** The output whose highest score makes the label, where the model gives no label itself. */
  private static @Nullable TensorSpec scores(
      Map<String, NodeInfo> infos, List<TensorSpec> outputs) {
    if (outputs.stream().anyMatch(TensorSpec::isDiscreteColumn)) {
      return null;
    }
    for (TensorSpec output : outputs) {
      NodeInfo info = infos.get(output.name());
      boolean zipMap = info != null && info.getInfo() instanceof SequenceInfo;
      if (zipMap || (output.isScoreMatrix() && output.classes() != null)) {
        return output;
      }
    }
    return null;
  }
}
