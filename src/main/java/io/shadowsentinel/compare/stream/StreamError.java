package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Texts;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Knows how a server says, in the middle of a stream that began with 200, that it failed: an object
 * with {@code error} (OpenAI, vLLM, TGI, Ollama), or one whose {@code object} or {@code type} is
 * {@code error}.
 */
final class StreamError {
  private static final List<String> KINDS = List.of("code", "type", "error_type");
  private static final int MAX_CHARS = 64;
  private static final String ERROR = "error";

  private StreamError() {}

  /** Words for the error that a value is; null when it is none. */
  static @Nullable String in(Json value) {
    if (!(value instanceof Json.Members members)) {
      return null;
    }
    Json error = members.get(ERROR);
    boolean told =
        error instanceof Json.Text text
            ? !text.value().isBlank()
            : error instanceof Json.Members nested && !nested.byName().isEmpty();
    return told || isNamed(members.get("object")) || isNamed(members.get("type"))
        ? words(value)
        : null;
  }

  /** Words for a value that is known to be an error, without what may be the user's. */
  static String words(Json value) {
    if (!(value instanceof Json.Members members)) {
      return "an error";
    }
    if (members.get(ERROR) instanceof Json.Members nested) {
      return words(nested);
    }
    for (String name : KINDS) {
      Json kind = members.get(name);
      if (kind != null && Json.isScalar(kind) && !isNamed(kind)) {
        return "an error (" + Texts.cut(Labels.show(kind), MAX_CHARS) + ")";
      }
    }
    return "an error";
  }

  private static boolean isNamed(@Nullable Json name) {
    return name instanceof Json.Text text && text.value().equals(ERROR);
  }
}
