package io.shadowsentinel.model;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.lang.reflect.Array;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Copies what a session returned out of native memory. */
final class OutputReader {

  private OutputReader() {}

  static Tensor read(TensorSpec spec, OnnxValue value) throws OrtException {
    if (value instanceof OnnxTensor tensor) {
      if (tensor.getInfo().onnxType != spec.datatype().onnx()) {
        throw new InferenceException(
            "output '%s' is of type %s (expected %s)"
                .formatted(spec.name(), tensor.getInfo().onnxType, spec.datatype()));
      }
      List<Long> shape = Arrays.stream(tensor.getInfo().getShape()).boxed().toList();
      return new Tensor(
          spec.name(), spec.datatype(), shape, copy(spec.datatype(), tensor), spec.classes());
    }
    if (value instanceof OnnxSequence sequence) {
      return zipMap(spec, sequence);
    }
    throw new InferenceException(
        "output '" + spec.name() + "' is a " + value.getType() + " (expected a tensor)");
  }

  private static Object copy(DataType datatype, OnnxTensor tensor) throws OrtException {
    if (datatype == DataType.BYTES) {
      List<String> values = new ArrayList<>();
      flatten(tensor.getValue(), values);
      return values.toArray(String[]::new);
    }
    Object values = Values.array(datatype, Math.toIntExact(tensor.getInfo().getNumElements()));
    Values.get(tensor.getByteBuffer().order(ByteOrder.nativeOrder()), values);
    return values;
  }

  private static void flatten(Object nested, List<String> values) {
    if (nested instanceof String text) {
      values.add(text);
      return;
    }
    for (int i = 0; i < Array.getLength(nested); i++) {
      flatten(Array.get(nested, i), values);
    }
  }

  /** What a map for each row comes to when there is none. */
  static Tensor noRows(TensorSpec spec) {
    List<Long> shape = List.of(0L, spec.classes() == null ? 0L : spec.classes().size());
    Object values = Values.array(spec.datatype(), 0);
    return new Tensor(spec.name(), spec.datatype(), shape, values, spec.classes());
  }

  /** One map from label to probability for each row becomes one matrix, and its columns' labels. */
  private static Tensor zipMap(TensorSpec spec, OnnxSequence sequence) throws OrtException {
    List<Map<?, ?>> rows = new ArrayList<>();
    for (OnnxValue row : sequence.getValue()) {
      try (OnnxMap map = (OnnxMap) row) {
        rows.add(map.getValue());
      }
    }
    List<?> keys = rows.isEmpty() ? List.of() : columns(rows.get(0), spec.classes());
    Object values =
        Array.newInstance(
            spec.datatype() == DataType.FP64 ? double.class : float.class,
            rows.size() * keys.size());
    int next = 0;
    for (Map<?, ?> row : rows) {
      if (row.size() != keys.size()) {
        throw new InferenceException("output '" + spec.name() + "' has rows of different labels");
      }
      for (Object key : keys) {
        Object value = row.get(key);
        if (value == null) {
          throw new InferenceException("output '" + spec.name() + "' has a row without " + key);
        }
        Array.set(values, next++, value);
      }
    }
    return new Tensor(
        spec.name(),
        spec.datatype(),
        List.of((long) rows.size(), (long) keys.size()),
        values,
        keys.stream().map(String::valueOf).toList());
  }

  /** A map has no order of its own: the metadata's if it names the same labels, else ascending. */
  private static List<?> columns(Map<?, ?> row, @Nullable List<String> classes) {
    List<Object> ascending = new ArrayList<>(row.keySet());
    ascending.sort(
        (a, b) ->
            a instanceof Long x && b instanceof Long y
                ? Long.compare(x, y)
                : String.valueOf(a).compareTo(String.valueOf(b)));
    if (classes == null || classes.size() != ascending.size()) {
      return ascending;
    }
    List<Object> inOrder = new ArrayList<>(ascending);
    inOrder.sort(Comparator.comparingInt(key -> classes.indexOf(String.valueOf(key))));
    boolean same =
        inOrder.stream().map(String::valueOf).toList().equals(Objects.requireNonNull(classes));
    return same ? inOrder : ascending;
  }
}
