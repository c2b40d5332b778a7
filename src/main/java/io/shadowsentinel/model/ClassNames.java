package io.shadowsentinel.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The names of a model's classes, as its metadata property {@code classes} carries them: a JSON
 * array of strings or numbers, or names with commas between.
 */
final class ClassNames {

  private static final ObjectMapper JSON = new ObjectMapper();

  private ClassNames() {}

  /**
   * @throws ModelLoadException when it is neither, or a name is empty or comes twice
   */
  static List<String> parse(String text) throws ModelLoadException {
    List<String> names = text.strip().startsWith("[") ? fromJson(text) : fromList(text);
    if (names.isEmpty() || names.stream().anyMatch(String::isEmpty)) {
      throw new ModelLoadException("metadata classes: an empty name (expected one for each class)");
    }
    if (names.stream().distinct().count() != names.size()) {
      throw new ModelLoadException("metadata classes: a name that comes twice in " + names);
    }
    return names;
  }

  private static List<String> fromList(String text) {
    return Arrays.stream(text.split(",", -1)).map(String::strip).toList();
  }

  private static List<String> fromJson(String text) throws ModelLoadException {
    List<String> names = new ArrayList<>();
    try {
      for (JsonNode name : JSON.readTree(text)) {
        if (!name.isTextual() && !name.isNumber()) {
          throw new ModelLoadException(
              "metadata classes: " + name + " (expected strings or numbers)");
        }
        names.add(name.asText());
      }
    } catch (JsonProcessingException e) {
      throw new ModelLoadException("metadata classes: not a JSON array", e);
    }
    return names;
  }
}
