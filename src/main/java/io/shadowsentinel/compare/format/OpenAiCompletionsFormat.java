package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.List;

/**
 * OpenAI's completions, as many other servers write them, too: a row for each choice, of which the
 * text and the reason why it ended are compared.
 */
final class OpenAiCompletionsFormat implements Format {
  @Override
  public Reading read(Body body) throws UnreadableException {
    Choices choices = Choices.of(body.readJson());
    Json[] texts = new Json[choices.count()];
    for (int row = 0; row < texts.length; row++) {
      Json text = choices.get(row).byName().get("text");
      if (text == null || !(Json.uncover(text) instanceof Json.Text)) {
        throw new UnreadableException(choices.path(row) + "/text: expected a string");
      }
      texts[row] = text;
    }
    return choices.reading(texts, new String[] {"text"}, List.of());
  }
}
