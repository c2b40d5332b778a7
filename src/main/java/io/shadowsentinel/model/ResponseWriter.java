package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.vertx.core.buffer.Buffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
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
          json.writeString("binary_tensor_data");
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
   * An answer: JSON, and behind it the outputs that were wanted as bytes. Where a model gave NaN or
   * an infinity, JSON has {@code null}, as KServe's servers have; the bytes have what was given.
   */
  static Written answer(OnnxModel model, InferenceRequest request, List<Tensor> outputs) {
    List<byte[]> binary = new ArrayList<>();
    Buffer body =
        object(
            json -> {
              json.writeStringField("model_name", model.name());
              json.writeStringField("model_version", model.version());
              if (request.id() != null) {
                json.writeStringField("id", request.id());
              }
              json.writeArrayFieldStart("outputs");
              for (Tensor output : outputs) {
                byte[] bytes = request.wantsBinary(output.name()) ? BinaryData.write(output) : null;
                if (bytes != null) {
                  binary.add(bytes);
                }
                tensor(json, output, bytes);
              }
              json.writeEndArray();
            });
    int jsonBytes = body.length();
    binary.forEach(body::appendBytes);
    return new Written(body, binary.isEmpty() ? -1 : jsonBytes);
  }

  /**
   * An answer as it is sent.
   *
   * @param jsonBytes how much of it is JSON; -1 where all is
   */
  record Written(Buffer body, int jsonBytes) {}

  private static void specs(JsonGenerator json, String field, List<TensorSpec> specs)
      throws IOException {
    json.writeArrayFieldStart(field);
    for (TensorSpec spec : specs) {
      json.writeStartObject();
      head(json, spec.name(), spec.datatype(), spec.shape(), spec.classes(), -1);
      json.writeEndObject();
    }
    json.writeEndArray();
  }

  private static void tensor(JsonGenerator json, Tensor tensor, byte @Nullable [] binary)
      throws IOException {
    json.writeStartObject();
    int size = binary == null ? -1 : binary.length;
    head(json, tensor.name(), tensor.datatype(), tensor.shape(), tensor.classes(), size);
    if (binary == null) {
      json.writeArrayFieldStart("data");
      for (int i = 0; i < tensor.size(); i++) {
        value(json, tensor, i);
      }
      json.writeEndArray();
    }
    json.writeEndObject();
  }

  private static void value(JsonGenerator json, Tensor tensor, int index) throws IOException {
    switch (tensor.datatype()) {
      case BYTES -> json.writeString(((String[]) tensor.values())[index]);
      case BOOL -> json.writeBoolean(((byte[]) tensor.values())[index] != 0);
      case INT64 -> json.writeNumber(((long[]) tensor.values())[index]);
      case INT32 -> json.writeNumber(((int[]) tensor.values())[index]);
      case FP16, FP32, FP64 -> {
        if (!Double.isFinite(tensor.number(index))) {
          json.writeNull();
        } else if (tensor.datatype() == DataType.FP64) {
          json.writeNumber(tensor.number(index));
        } else {
          json.writeNumber((float) tensor.number(index));
        }
      }
      default -> json.writeNumber(tensor.text(index));
    }
  }

  private static void head(
      JsonGenerator json,
      String name,
      DataType datatype,
      List<Long> shape,
      @Nullable List<String> classes,
      int binaryBytes)
      throws IOException {
    json.writeStringField("name", name);
    json.writeStringField("datatype", datatype.name());
    json.writeArrayFieldStart("shape");
    for (long size : shape) {
      json.writeNumber(size);
    }
    json.writeEndArray();
    if (classes != null || binaryBytes >= 0) {
      json.writeObjectFieldStart("parameters");
      if (classes != null) {
        // The protocol's parameters are strings, numbers or booleans, so the array goes as text.
        json.writeStringField("classes", array(classes));
      }
      if (binaryBytes >= 0) {
        json.writeNumberField("binary_data_size", binaryBytes);
      }
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
