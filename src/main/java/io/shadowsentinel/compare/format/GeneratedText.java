package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import java.util.List;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/** Texts that a model wrote: the one place that says how they are compared. */
final class GeneratedText {
  private GeneratedText() {}

  /**
   * The texts of an answer, a row for each, compared as they are.
   *
   * @param paths where the text of a row stands
   */
  static Part part(Json[] texts, IntFunction<Path> paths) {
    return new Part("text", Path.ROOT, new Json.Mixed(texts), 1, paths);
  }

  /**
   * Why a text ended, in OpenAI's words whichever server says it. An answer that does not say never
   * differs from one that does.
   */
  static Json reason(@Nullable Json reason) {
    if (!(reason instanceof Json.Text text)) {
      return reason == null || reason == Json.Literal.NULL
          ? new Json.Ignored(Json.Literal.NULL)
          : reason;
    }
    return switch (text.value()) {
      case "eos_token", "stop_sequence" -> new Json.Text("stop");
      case "function_call" -> new Json.Text("tool_calls");
      default -> text;
    };
  }

  /** An answer that is one text. */
  static Reading whole(String text) {
    Json document = new Json.Text(text);
    Part part = part(new Json[] {document}, unused -> Path.ROOT);
    return new Reading(document, Rows.plain(1), List.of(part));
  }
}
