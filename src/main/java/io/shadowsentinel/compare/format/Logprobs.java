package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import org.jspecify.annotations.Nullable;

/**
 * Makes a confidence of the logarithms of the tokens' probabilities: the geometric mean of these,
 * so that a long text is not less sure for being long. It compares one model's certainty with
 * another's and is not calibrated: 0.9 does not mean that nine answers of ten are right.
 */
final class Logprobs {
  private double sum;
  private int count;
  private boolean broken;

  /** Takes one more token's; what is no number makes the confidence unknown. */
  void add(@Nullable Json logprob) {
    if (logprob instanceof Json.Num number && number.value() <= 0) {
      sum += number.value();
      count++;
    } else {
      broken = true;
    }
  }

  /** 0 to 1, or NaN when there were no tokens. */
  double confidence() {
    return broken || count == 0 ? Double.NaN : Math.exp(sum / count);
  }

  /**
   * That of a choice, in either way of OpenAI's API: {@code {"content": [{"logprob"}]}} or {@code
   * {"token_logprobs": [...]}}.
   */
  static double confidence(@Nullable Json logprobs) {
    Logprobs mean = new Logprobs();
    if (logprobs instanceof Json.Members members) {
      if (members.get("content") instanceof Json.Items tokens) {
        for (int i = 0; i < tokens.size(); i++) {
          mean.add(tokens.get(i) instanceof Json.Members token ? token.get("logprob") : null);
        }
      } else if (members.get("token_logprobs") instanceof Json.Items tokens) {
        for (int i = 0; i < tokens.size(); i++) {
          // The first token of a text that is echoed has none.
          if (tokens.get(i) != Json.Literal.NULL) {
            mean.add(tokens.get(i));
          }
        }
      }
    }
    return mean.confidence();
  }
}
