package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonWriter;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chunks of a chat completion or a completion, as OpenAI and those that speak like it stream
 * them (https://platform.openai.com/docs/api-reference/chat-streaming), put together in the shape
 * of the answer that comes at once: {@code choices[].message} with its text and tool calls, or
 * {@code choices[].text}, {@code finish_reason}, {@code logprobs}, {@code usage}.
 */
final class OpenAiAssembly implements Assembly {
  private static final String CHOICES = "choices";
  private static final String CONTENT = "content";
  private static final String INDEX = "index";
  private static final String MESSAGE = "message";
  private static final String CHUNK_SUFFIX = ".chunk";

  private final Draft.Fields answer = new Draft.Fields();
  private final Map<Double, Draft.Fields> choices = new TreeMap<>();

  /** True for a chunk; {@code choices} is not there, or null, in some that only tell the usage. */
  static boolean knows(Json.Members value) {
    return value.get(CHOICES) instanceof Json.Items
        || (value.get("object") instanceof Json.Text object
            && object.value().endsWith("completion" + CHUNK_SUFFIX));
  }

  @Override
  public void add(Json value, String written) throws UnreadableException {
    if (!(value instanceof Json.Members chunk)) {
      throw new UnreadableException("expected an object");
    }
    for (Map.Entry<String, Json> member : chunk.byName().entrySet()) {
      String name = member.getKey();
      switch (name) {
        case CHOICES -> addChoices(member.getValue());
        case "object" -> answer.set(name, withoutSuffix(member.getValue()));
        case "obfuscation" -> {} // noise of a random length, there to hide that of the texts
        default -> answer.set(name, member.getValue());
      }
    }
  }

  private static Json withoutSuffix(Json object) {
    return object instanceof Json.Text text && text.value().endsWith(CHUNK_SUFFIX)
        ? new Json.Text(text.value().substring(0, text.value().length() - CHUNK_SUFFIX.length()))
        : object;
  }

  private void addChoices(Json value) throws UnreadableException {
    if (value == Json.Literal.NULL) {
      return;
    }
    if (!(value instanceof Json.Items items)) {
      throw new UnreadableException("/choices: expected an array");
    }
    for (int i = 0; i < items.size(); i++) {
      if (!(items.get(i) instanceof Json.Members choice)) {
        throw new UnreadableException("/choices/" + i + ": expected an object");
      }
      addChoice(choice, i);
    }
  }

  private void addChoice(Json.Members choice, int position) {
    Json.Num index = choice.get(INDEX) instanceof Json.Num given ? given : Json.Num.of(position);
    Draft.Fields fields = choices.computeIfAbsent(index.value(), unused -> new Draft.Fields());
    fields.set(INDEX, index);
    choice
        .byName()
        .forEach(
            (name, value) -> {
              switch (name) {
                case INDEX -> {}
                case "delta" -> fields.grow(MESSAGE, value);
                case "text", "logprobs" -> fields.grow(name, value);
                default -> fields.set(name, value);
              }
            });
  }

  @Override
  public byte[] end(boolean done) throws UnreadableException {
    if (!done) {
      throw new UnreadableException("the stream ends without [DONE]");
    }
    Json.Members built = answer.build();
    built
        .byName()
        .put(
            CHOICES,
            new Json.Mixed(choices.values().stream().map(this::built).toArray(Json[]::new)));
    return JsonWriter.write(built);
  }

  private Json built(Draft.Fields fields) {
    Json.Members choice = fields.build();
    if (choice.get(MESSAGE) instanceof Json.Members message) {
      Json content = message.get(CONTENT);
      if (content == null || (isEmpty(content) && callsTools(message))) {
        message.byName().put(CONTENT, Json.Literal.NULL);
      }
    }
    return choice;
  }

  private static boolean isEmpty(@Nullable Json content) {
    return content instanceof Json.Text text && text.value().isEmpty();
  }

  private static boolean callsTools(Json.Members message) {
    return message.get("tool_calls") instanceof Json.Items calls && calls.size() > 0;
  }
}
