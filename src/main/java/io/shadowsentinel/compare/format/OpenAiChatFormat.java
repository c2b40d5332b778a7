package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * OpenAI's chat completions, as many other servers write them, too: a row for each choice. Compared
 * are the content, the refusal, the reason why it ended, and the tool calls: by the function's name
 * and by its arguments as JSON, not as the text they come as. Ids, times, models and usage are not.
 * There is no label, since a text is none; {@code label: /choices/0/message/content} makes it one.
 */
final class OpenAiChatFormat implements Format {

  /**
   * How much of the arguments of one answer is read as JSON; what is beyond is compared as text.
   */
  private static final int MAX_ARGUMENT_CHARS = 1_000_000;

  private static final JsonReader ARGUMENTS = new JsonReader(null);

  @Override
  public Reading read(Body body) throws UnreadableException {
    Choices choices = Choices.of(body.readJson());
    Json[] texts = new Json[choices.count()];
    Json[] calls = new Json[texts.length];
    int[] left = {MAX_ARGUMENT_CHARS};
    for (int row = 0; row < texts.length; row++) {
      Json message = choices.get(row).byName().get("message");
      if (message instanceof Json.Ignored) {
        texts[row] = message;
        calls[row] = message;
      } else if (message instanceof Json.Members members) {
        texts[row] = content(members.byName().get("content"));
        calls[row] = calls(members, left);
      } else {
        throw new UnreadableException(choices.path(row) + "/message: expected an object");
      }
    }
    Part others =
        new Part(
                "message",
                Path.ROOT,
                new Json.Mixed(calls),
                1,
                row -> choices.path(row).child("message"))
            .asVerbatim();
    return choices.reading(texts, new String[] {"message", "content"}, List.of(others));
  }

  /** No content is an empty one. Parts that are texts are one text. */
  private static Json content(@Nullable Json content) {
    if (content == null || content == Json.Literal.NULL) {
      return new Json.Text("");
    }
    if (!(content instanceof Json.Items parts)) {
      return content;
    }
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      if (!(parts.get(i) instanceof Json.Members part)
          || !(part.get("text") instanceof Json.Text piece)) {
        return content;
      }
      text.append(piece.value());
    }
    return new Json.Text(text.toString());
  }

  /** What a message says beside its content. */
  private static Json calls(Json.Members message, int[] left) {
    Map<String, Json> compared = new LinkedHashMap<>();
    Json refusal = message.byName().get("refusal");
    if (refusal != null && refusal != Json.Literal.NULL) {
      compared.put("refusal", refusal);
    }
    Json calls = message.byName().get("tool_calls");
    if (calls instanceof Json.Items items && items.size() > 0) {
      Json[] each = new Json[items.size()];
      for (int i = 0; i < each.length; i++) {
        each[i] = call(items.get(i), left);
      }
      compared.put("tool_calls", new Json.Mixed(each));
    } else if (calls instanceof Json.Ignored) {
      compared.put("tool_calls", calls);
    }
    if (message.get("function_call") instanceof Json.Members function) {
      compared.put("function_call", function(function, left));
    }
    return new Json.Members(compared);
  }

  private static Json call(Json call, int[] left) {
    if (call instanceof Json.Members members
        && members.byName().get("function") instanceof Json.Members function) {
      return new Json.Members(Map.of("function", function(function, left)));
    }
    return call;
  }

  private static Json function(Json.Members function, int[] left) {
    Map<String, Json> compared = new LinkedHashMap<>();
    Json name = function.byName().get("name");
    Json arguments = function.byName().get("arguments");
    if (name != null) {
      compared.put("name", name);
    }
    if (arguments != null) {
      compared.put(
          "arguments", arguments instanceof Json.Text text ? parse(text, left) : arguments);
    }
    return new Json.Members(compared);
  }

  private static Json parse(Json.Text arguments, int[] left) {
    int length = arguments.value().length();
    if (length > left[0]) {
      return arguments;
    }
    left[0] -= length;
    try {
      return ARGUMENTS.read(arguments.value().getBytes(StandardCharsets.UTF_8));
    } catch (UnreadableException e) {
      return arguments;
    }
  }
}
