package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonWriter;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The tokens of Hugging Face's Text Generation Inference, as {@code /generate_stream} sends them
 * (https://huggingface.co/docs/text-generation-inference/conceptual/streaming), put together in the
 * shape of {@code /generate}: {@code generated_text}, and {@code details} with the tokens when they
 * were asked for. The event that holds the whole text is the last.
 */
final class TgiAssembly implements Assembly {
  private static final String DETAILS = "details";
  private static final String TEXT = "generated_text";
  private static final String TOKEN = "token";
  private static final String TOP_TOKENS = "top_tokens";

  private final List<Json> tokens = new ArrayList<>();
  private final List<Json> topTokens = new ArrayList<>();
  private @Nullable Json text;
  private Json.@Nullable Members details;

  /** True for a token. */
  static boolean knows(Json.Members value) {
    return value.get(TOKEN) instanceof Json.Members token && token.get("text") instanceof Json.Text;
  }

  @Override
  public void add(Json value, String written) throws UnreadableException {
    if (!(value instanceof Json.Members event)) {
      throw new UnreadableException("expected an object");
    }
    if (event.get(TOKEN) instanceof Json.Members token) {
      tokens.add(token);
    }
    if (event.get(TOP_TOKENS) instanceof Json.Items top && top.size() > 0) {
      topTokens.add(top);
    }
    if (event.get(TEXT) instanceof Json.Text whole) {
      text = whole;
    }
    if (event.get(DETAILS) instanceof Json.Members told) {
      details = told;
    }
  }

  @Override
  public byte[] end(boolean done) throws UnreadableException {
    if (text == null) {
      throw new UnreadableException("the stream ends without generated_text");
    }
    Map<String, Json> answer = new LinkedHashMap<>();
    answer.put(TEXT, text);
    if (details != null) {
      Map<String, Json> whole = new LinkedHashMap<>(details.byName());
      whole.put("tokens", array(tokens));
      if (!topTokens.isEmpty()) {
        whole.put(TOP_TOKENS, array(topTokens));
      }
      answer.put(DETAILS, new Json.Members(whole));
    }
    return JsonWriter.write(new Json.Members(answer));
  }

  private static Json array(List<Json> values) {
    return new Json.Mixed(values.toArray(Json[]::new));
  }
}
