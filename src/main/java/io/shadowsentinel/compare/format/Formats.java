package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.CompareSettings;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/** The formats of answers that can be read, by name. Adding one is adding a line here. */
public final class Formats {
  private static final Map<String, Function<CompareSettings, Format>> BY_NAME =
      Map.ofEntries(
          Map.entry(AutoFormat.NAME, AutoFormat::new),
          Map.entry("json", settings -> new JsonFormat()),
          Map.entry("open-inference", settings -> new OpenInferenceFormat()),
          Map.entry("kserve-v1", KserveV1Format::new),
          Map.entry("tensorflow-serving", TensorflowServingFormat::new),
          Map.entry("torchserve", TorchserveFormat::new),
          Map.entry("mlflow", MlflowFormat::new),
          Map.entry("seldon", SeldonFormat::new),
          Map.entry("huggingface", settings -> new HuggingFaceFormat()),
          Map.entry("sagemaker", SagemakerFormat::new),
          Map.entry("openai-chat", settings -> new OpenAiChatFormat()),
          Map.entry("openai-completions", settings -> new OpenAiCompletionsFormat()),
          Map.entry("tgi", settings -> new TgiFormat()),
          Map.entry("scikit", ScikitFormat::new),
          Map.entry("text", settings -> new TextFormat()));

  private Formats() {}

  /** The names that {@code compare.format} takes. */
  public static Set<String> names() {
    return BY_NAME.keySet();
  }

  public static Format format(String name, CompareSettings settings) {
    Function<CompareSettings, Format> format = BY_NAME.get(name);
    if (format == null) {
      throw new IllegalArgumentException(
          "format: \""
              + name
              + "\" (expected one of "
              + String.join(", ", new TreeSet<>(names()))
              + ")");
    }
    return format.apply(settings);
  }
}
