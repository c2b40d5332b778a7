package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/**
 * Text Generation Inference: {@code {"generated_text": ..., "details": {...}}}, or an array of
 * these, a row for each. The text is compared, and the reason why it ended where both answers give
 * details. The confidence is made of the {@code logprob} of the tokens in the details, see {@link
 * Logprobs}; special tokens do not count.
 */
final class TgiFormat implements Format {
  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    boolean array = document instanceof Json.Items;
    Json.Items items =
        document instanceof Json.Items several ? several : new Json.Mixed(new Json[] {document});
    if (items.size() == 0) {
      throw new UnreadableException("expected one generated text or more");
    }
    IntFunction<Path> paths = row -> array ? Path.ROOT.child(row) : Path.ROOT;
    Json[] texts = new Json[items.size()];
    Json[] reasons = new Json[texts.length];
    double[] confidences = new double[texts.length];
    for (int row = 0; row < texts.length; row++) {
      Json text =
          items.get(row) instanceof Json.Members generation
              ? generation.byName().get("generated_text")
              : null;
      if (text == null || !(Json.uncover(text) instanceof Json.Text)) {
        throw new UnreadableException(paths.apply(row) + "/generated_text: expected a string");
      }
      texts[row] = text;
      Json.Members details = details(items.get(row));
      reasons[row] = GeneratedText.reason(details.byName().get("finish_reason"));
      confidences[row] = confidence(details);
    }
    Part text = GeneratedText.part(texts, row -> paths.apply(row).child("generated_text"));
    Part reason =
        new Part(
                "finish_reason",
                Path.ROOT,
                new Json.Mixed(reasons),
                1,
                row -> paths.apply(row).child("details").child("finish_reason"))
            .asVerbatim();
    Rows rows = Rows.plain(texts.length).withConfidences(confidences);
    return new Reading(document, rows, List.of(text, reason));
  }

  private static Json.Members details(Json generation) {
    return generation instanceof Json.Members members
            && members.get("details") instanceof Json.Members details
        ? details
        : new Json.Members(Map.of());
  }

  private static double confidence(Json.Members details) {
    Logprobs mean = new Logprobs();
    if (details.get("tokens") instanceof Json.Items tokens) {
      for (int i = 0; i < tokens.size(); i++) {
        Json token = tokens.get(i);
        boolean special =
            token instanceof Json.Members members && members.get("special") == Json.Literal.TRUE;
        if (!special) {
          mean.add(token instanceof Json.Members members ? members.get("logprob") : null);
        }
      }
    }
    return mean.confidence();
  }
}
