package io.shadowsentinel.gate;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.model.OneLine;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Objects of JSON, one a line; blank lines are passed over. */
final class JsonLines implements AutoCloseable {

  /** Numbers keep every digit: a model would see the difference. */
  static final ObjectMapper JSON =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  private final Path file;
  private final BufferedReader reader;
  private int line;

  JsonLines(Path file, BufferedReader reader) {
    this.file = file;
    this.reader = reader;
  }

  static JsonLines open(Path file) throws IOException, BadInputException {
    return new JsonLines(file, TextFile.open(file));
  }

  /** The next object; null at the end. */
  @Nullable ObjectNode next() throws IOException, BadInputException {
    for (String text = TextFile.line(reader); text != null; text = TextFile.line(reader)) {
      line++;
      if (!text.isBlank()) {
        return object(text);
      }
    }
    return null;
  }

  /** The number of the last line, from 1. */
  int line() {
    return line;
  }

  BadInputException fault(String what) {
    return new BadInputException(file + ":" + line + ": " + what);
  }

  @Override
  public void close() throws IOException {
    reader.close();
  }

  private ObjectNode object(String text) throws BadInputException {
    try {
      JsonNode node = JSON.readTree(text);
      if (node instanceof ObjectNode object) {
        return object;
      }
      throw fault(OneLine.value(node) + " (expected an object on each line)");
    } catch (JsonProcessingException e) {
      int column = e.getLocation() == null ? 1 : e.getLocation().getColumnNr();
      throw fault("column " + column + ": not JSON: " + OneLine.value(e.getOriginalMessage()));
    }
  }
}
