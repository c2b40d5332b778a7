package io.shadowsentinel.train;

import ai.onnx.proto.OnnxMl.AttributeProto;
import ai.onnx.proto.OnnxMl.GraphProto;
import ai.onnx.proto.OnnxMl.ModelProto;
import ai.onnx.proto.OnnxMl.NodeProto;
import ai.onnx.proto.OnnxMl.OperatorSetIdProto;
import ai.onnx.proto.OnnxMl.StringStringEntryProto;
import ai.onnx.proto.OnnxMl.TensorProto;
import ai.onnx.proto.OnnxMl.TensorShapeProto;
import ai.onnx.proto.OnnxMl.TypeProto;
import ai.onnx.proto.OnnxMl.ValueInfoProto;
import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A graph of ONNX operators under construction. What it writes holds no date and no version of the
 * writer, so that the same graph gives the same bytes.
 */
final class OnnxGraph {

  private static final long IR_VERSION = 8;
  private static final long OPSET = 17;
  private static final long ML_OPSET = 3;

  private final GraphProto.Builder graph;
  private final ModelProto.Builder model =
      ModelProto.newBuilder()
          .setIrVersion(IR_VERSION)
          .setProducerName("shadow-sentinel")
          .setModelVersion(1)
          .addOpsetImport(OperatorSetIdProto.newBuilder().setDomain("").setVersion(OPSET))
          .addOpsetImport(
              OperatorSetIdProto.newBuilder().setDomain("ai.onnx.ml").setVersion(ML_OPSET));

  OnnxGraph(String name, String description) {
    graph = GraphProto.newBuilder().setName(name);
    model.setDocString(description);
  }

  /** Declares an input. A dimension is a number, or a name when it is free. */
  OnnxGraph input(String name, TensorProto.DataType type, Object... shape) {
    graph.addInput(value(name, tensorType(type, shape)));
    return this;
  }

  OnnxGraph input(String name, TypeProto type) {
    graph.addInput(value(name, type));
    return this;
  }

  OnnxGraph output(String name, TensorProto.DataType type, Object... shape) {
    graph.addOutput(value(name, tensorType(type, shape)));
    return this;
  }

  /** Declares an output that is one map from label to probability for each row. */
  OnnxGraph mapOutput(String name, TensorProto.DataType key) {
    TypeProto.Builder map =
        TypeProto.newBuilder()
            .setMapType(
                TypeProto.Map.newBuilder()
                    .setKeyType(key.getNumber())
                    .setValueType(
                        TypeProto.newBuilder()
                            .setTensorType(
                                TypeProto.Tensor.newBuilder()
                                    .setElemType(TensorProto.DataType.FLOAT.getNumber()))));
    graph.addOutput(
        value(
            name,
            TypeProto.newBuilder()
                .setSequenceType(TypeProto.Sequence.newBuilder().setElemType(map))
                .build()));
    return this;
  }

  OnnxGraph constant(String name, double[] values, double scale, long... shape) {
    TensorProto.Builder tensor =
        TensorProto.newBuilder().setName(name).setDataType(TensorProto.DataType.FLOAT.getNumber());
    for (long dimension : shape) {
      tensor.addDims(dimension);
    }
    for (double value : values) {
      tensor.addFloatData((float) (value * scale));
    }
    graph.addInitializer(tensor);
    return this;
  }

  OnnxGraph node(String type, List<String> inputs, String output, AttributeProto... attributes) {
    return node("", type, inputs, output, attributes);
  }

  OnnxGraph mlNode(String type, List<String> inputs, String output, AttributeProto... attributes) {
    return node("ai.onnx.ml", type, inputs, output, attributes);
  }

  OnnxGraph metadata(String key, String value) {
    model.addMetadataProps(StringStringEntryProto.newBuilder().setKey(key).setValue(value));
    return this;
  }

  OnnxGraph withoutVersion() {
    model.clearModelVersion();
    return this;
  }

  void write(Path file) throws IOException {
    Files.write(file, model.setGraph(graph).build().toByteArray());
  }

  static AttributeProto attribute(String name, long value) {
    return AttributeProto.newBuilder()
        .setName(name)
        .setType(AttributeProto.AttributeType.INT)
        .setI(value)
        .build();
  }

  static AttributeProto attribute(String name, String... values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.STRINGS);
    for (String value : values) {
      attribute.addStrings(ByteString.copyFromUtf8(value));
    }
    return attribute.build();
  }

  static AttributeProto attribute(String name, long[] values) {
    AttributeProto.Builder attribute =
        AttributeProto.newBuilder().setName(name).setType(AttributeProto.AttributeType.INTS);
    for (long value : values) {
      attribute.addInts(value);
    }
    return attribute.build();
  }

  static TypeProto tensorType(TensorProto.DataType type, Object... shape) {
    TensorShapeProto.Builder dimensions = TensorShapeProto.newBuilder();
    for (Object dimension : shape) {
      TensorShapeProto.Dimension.Builder builder = TensorShapeProto.Dimension.newBuilder();
      dimensions.addDim(
          dimension instanceof Integer size
              ? builder.setDimValue(size)
              : builder.setDimParam((String) dimension));
    }
    return TypeProto.newBuilder()
        .setTensorType(
            TypeProto.Tensor.newBuilder().setElemType(type.getNumber()).setShape(dimensions))
        .build();
  }

  private OnnxGraph node(
      String domain,
      String type,
      List<String> inputs,
      String output,
      AttributeProto... attributes) {
    graph.addNode(
        NodeProto.newBuilder()
            .setName(output + "_" + type)
            .setDomain(domain)
            .setOpType(type)
            .addAllInput(inputs)
            .addOutput(output)
            .addAllAttribute(List.of(attributes)));
    return this;
  }

  private static ValueInfoProto value(String name, TypeProto type) {
    return ValueInfoProto.newBuilder().setName(name).setType(type).build();
  }
}
