package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Writes the JSON of the protocol: what a model is, what it answered, and what went wrong. Any
 * thread.
 */
final class ResponseWriter {

  private static final JsonFactory JSON =
      JsonFactory.builder().enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER).build();

  private ResponseWriter() {}

  private interface Content {
    void write(JsonGenerator json) throws IOException;
  }

  static Buffer server(String name, String version) {
    return object(
        json -> {
          json.writeStringField("name", name);
          json.writeStringField("version", version);
          json.writeArrayFieldStart("extensions");
          json.writeEndArray();
        });
  }

  static Buffer flag(String name) {
    return object(json -> json.writeBooleanField(name, true));
  }

  static Buffer ready(OnnxModel model) {
    return object(
        json -> {
          json.writeStringField("name", model.name());
          json.writeBooleanField("ready", true);
        });
  }

  static Buffer error(String message) {
    return object(json -> json.writeStringField("error", message));
  }

  static Buffer metadata(OnnxModel model) {
    return object(
        json -> {
          json.writeStringField("name", model.name());
          json.writeArrayFieldStart("versions");
          json.writeString(model.version());
          json.writeEndArray();
          json.writeStringField("platform", "onnx_onnxv1");
          specs(json, "inputs", model.inputs());
          specs(json, "outputs", model.outputs());
        });
  }

  /**
   * @throws InferenceException when an output holds what JSON has no number for
   */
  static Buffer answer(OnnxModel model, @Nullable String id, List<Tensor> outputs) {
    return object(
        json -> {
          json.writeStringField("model_name", model.name());
          json.writeStringField("model_version", model.version());
          if (id != null) {
            json.writeStringField("id", id);
          }
          json.writeArrayFieldStart("outputs");
          for (Tensor output : outputs) {
            tensor(json, output);
          }
          json.writeEndArray();
        });
  }

  private static void specs(JsonGenerator json, String field, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec spec : specs) {
      json.writeStartObject();
      head(json, spec.name(), spec.datatype(), spec.shape(), spec.classes());
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void tensor(JsonGenerator json, Tensor tensor) throws IOException {
    json.writeStartObject();
    head(json, tensor.name(), tensor.datatype(), tensor.shape(), tensor.classes());
    json.writeArrayFieldStart("data");
    Object values = tensor.values();
    for (int i = 0; i < tensor.size(); i++) {
      switch (tensor.datatype()) {
        case FP32 -> json.writeNumber(finite(tensor, i, ((float[]) values)[i]));
        case FP64 -> json.writeNumber(finite(tensor, i, ((double[]) values)[i]));
        case INT64 -> json.writeNumber(((long[]) values)[i]);
        case INT32 -> json.writeNumber(((int[]) values)[i]);
        case INT16 -> json.writeNumber(((short[]) values)[i]);
        case INT8 -> json.writeNumber(((byte[]) values)[i]);
        case UINT8 -> json.writeNumber(Byte.toUnsignedInt(((byte[]) values)[i]));
        case BOOL -> json.writeBoolean(((byte[]) values)[i] != 0);
        case BYTES -> json.writeString(((String[]) values)[i]);
      }
    }
    json.writeEndArray();
    json.writeEndObject();
  }

  private static void head(
      JsonGenerator json,
      String name,
      DataType datatype,
      List<Long> shape,
      @Nullable List<String> classes)
      throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("datatype", datatype.name());
    json.writeArrayFieldStart("shape");
    for (long size : shape) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    if (classes != null) {
      // The protocol's parameters are strings, numbers or booleans, so the array goes as text.
      json.writeObjectFieldStart("parameters");
      json.writeStringField("classes", array(classes));
      json.writeEndObject();
    }
  }

  private static String array(List<String> names) {
    StringBuilder text = new StringBuilder("[");
    for (String name : names) {
      text.append(text.length() > 1 ? "," : "").append('"');
      text.append(JsonStringEncoder.getInstance().quoteAsString(name)).append('"');
    }
    return text.append(']').toString();
  }

  private static float finite(Tensor tensor, int index, float value) {
    finite(tensor, index, (double) value);
    return value;
  }

  private static double finite(Tensor tensor, int index, double value) {
    if (!Double.isFinite(value)) {
      throw new InferenceException(
          "output '%s' data[%d]: the model gave %s, and JSON has no such number"
              .formatted(tensor.name(), index, value));
    }
    return value;
  }

  private static Buffer object(Content content) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      content.write(json);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException("writing to memory", e);
    }
    return Buffer.buffer(bytes.toByteArray());
  }
}
