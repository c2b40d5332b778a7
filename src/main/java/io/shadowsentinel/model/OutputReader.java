package io.shadowsentinel.model;

import ai.onnxruntime.OnnxMap;
import ai.onnxruntime.OnnxSequence;
import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtException;
import java.lang.reflect.Array;
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
    int size = Math.toIntExact(tensor.getInfo().getNumElements());
    switch (datatype) {
      case FP32 -> {
        float[] values = new float[size];
        tensor.getFloatBuffer().get(values);
        return values;
      }
      case FP64 -> {
        double[] values = new double[size];
        tensor.getDoubleBuffer().get(values);
        return values;
      }
      case INT64 -> {
        long[] values = new long[size];
        tensor.getLongBuffer().get(values);
        return values;
      }
      case INT32 -> {
        int[] values = new int[size];
        tensor.getIntBuffer().get(values);
        return values;
      }
      case INT16 -> {
        short[] values = new short[size];
        tensor.getShortBuffer().get(values);
        return values;
      }
      case INT8, UINT8, BOOL -> {
        byte[] values = new byte[size];
        tensor.getByteBuffer().get(values);
        return values;
      }
      case BYTES -> {
        List<String> values = new ArrayList<>(size);
        flatten(tensor.getValue(), values);
        return values.toArray(String[]::new);
      }
    }
    throw new AssertionError(datatype);
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
