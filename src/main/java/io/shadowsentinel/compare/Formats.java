package io.shadowsentinel.compare;

import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The formats of answers that can be read, by name. Adding one is adding a line here. */
public final class Formats {
  private static final Map<String, Function<CompareSettings, Format>> BY_NAME =
      Map.of(
          "json", settings -> new JsonFormat(),
          "open-inference", settings -> new OpenInferenceFormat(),
          "kserve-v1", KserveV1Format::new);

  private Formats() {}

  /** The names that {@code compare.format} takes. */
  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  static Comparator comparator(CompareSettings settings, NoiseModel noise) {
    Function<CompareSettings, Format> format = BY_NAME.get(settings.format());
    if (format == null) {
      throw new IllegalArgumentException(
          "format: \""
              + settings.format()
              + "\" (expected one of "
              + String.join(", ", new TreeSet<>(names()))
              + ")");
    }
    return new AnswerComparator(format.apply(settings), settings, noise);
  }
}
