package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.ArrayList;
import java.util.List;

/**
 * What the answers of OpenAI's API have in common: choices, in the order of their {@code index},
 * each a row with a text, the reason why it ended, and a confidence, see {@link Logprobs}.
 */
final class Choices {
  private final Json document;
  private final List<Choice> choices;

  private Choices(Json document, List<Choice> choices) {
    this.document = document;
    this.choices = choices;
  }

  private record Choice(Json.Members members, Path path, double index) {}

  static Choices of(Json document) throws UnreadableException {
    if (!(document instanceof Json.Members answer)
        || !(answer.get("choices") instanceof Json.Items items)
        || items.size() == 0) {
      throw new UnreadableException("/choices: expected an array of one choice or more");
    }
    List<Choice> choices = new ArrayList<>(items.size());
    for (int i = 0; i < items.size(); i++) {
      Path path = Path.ROOT.child("choices").child(i);
      if (!(items.get(i) instanceof Json.Members choice)) {
        throw new UnreadableException(path + ": expected an object");
      }
      double index = choice.get("index") instanceof Json.Num number ? number.value() : i;
      choices.add(new Choice(choice, path, index));
    }
    choices.sort((a, b) -> Double.compare(a.index(), b.index()));
    return new Choices(document, choices);
  }

  int count() {
    return choices.size();
  }

  Json.Members get(int row) {
    return choices.get(row).members();
  }

  Path path(int row) {
    return choices.get(row).path();
  }

  /**
   * The reading of texts, with the reason why each ended, and whatever else is compared.
   *
   * @param text where the text stands in a choice, from {@link #path}
   */
  Reading reading(Json[] texts, String[] text, List<Part> others) {
    List<Part> parts = new ArrayList<>();
    parts.add(GeneratedText.part(texts, row -> below(path(row), text)));
    Json[] reasons = new Json[count()];
    double[] confidences = new double[count()];
    for (int row = 0; row < reasons.length; row++) {
      reasons[row] = GeneratedText.reason(get(row).byName().get("finish_reason"));
      confidences[row] = Logprobs.confidence(get(row).get("logprobs"));
    }
    parts.add(
        new Part(
                "finish_reason",
                Path.ROOT,
                new Json.Mixed(reasons),
                1,
                row -> path(row).child("finish_reason"))
            .asVerbatim());
    parts.addAll(others);
    return new Reading(document, Rows.plain(count()).withConfidences(confidences), parts);
  }

  private static Path below(Path path, String[] steps) {
    Path at = path;
    for (String step : steps) {
      at = at.child(step);
    }
    return at;
  }
}
