package io.shadowsentinel.compare;

import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.ConflictSettings;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.Redaction;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.compare.stream.ContentDecoder;
import io.shadowsentinel.compare.stream.StreamAssembler;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.Locale;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Decides what of a disagreement is kept: labels, the request's target, and bodies where they are
 * asked for. Any thread.
 */
final class ConflictRules {
  /** Keeps labels, and no bodies. */
  static final ConflictRules DEFAULTS = new ConflictRules(ConflictSettings.DEFAULTS);

  /** Query parameters whose values are not kept in any case: that is how keys are sent in a URL. */
  private static final Pattern CREDENTIAL =
      Pattern.compile("key|token|secret|passw|pwd|auth|sig|cred|session|jwt");

  private static final JsonReader PLAIN = new JsonReader(null);

  private final ConflictSettings settings;
  private final Redaction redaction;
  private final BodyAllowance allowance = new BodyAllowance();

  /**
   * @throws IllegalArgumentException for what is no JSON Pointer
   */
  ConflictRules(ConflictSettings settings) {
    this.settings = settings;
    this.redaction = new Redaction(settings.redact());
  }

  /** The label of a row for people, or null when there is none. */
  @Nullable String label(Rows rows, int row) {
    Json label = rows.label(row);
    if (label == null) {
      return null;
    }
    return !redaction.isEmpty() && redaction.touches(rows.labelPaths().apply(row))
        ? Redaction.REDACTED
        : Labels.show(label);
  }

  /**
   * The target of a request. A query may hold what users typed, so its values are kept with the
   * bodies only; its names are kept.
   */
  String target(String target) {
    int query = target.indexOf('?');
    if (query < 0) {
      return target;
    }
    StringBuilder kept = new StringBuilder(target.length()).append(target, 0, query);
    char separator = '?';
    for (String parameter : target.substring(query + 1).split("&", -1)) {
      int equals = parameter.indexOf('=');
      String name = equals < 0 ? parameter : parameter.substring(0, equals);
      boolean credential = CREDENTIAL.matcher(name.toLowerCase(Locale.ROOT)).find();
      kept.append(separator);
      if (settings.keepBodies() && !credential) {
        kept.append(parameter);
      } else if (equals < 0) {
        // A value without a name.
        kept.append(name.isEmpty() ? "" : Redaction.REDACTED);
      } else {
        kept.append(name).append('=').append(Redaction.REDACTED);
      }
      separator = '&';
    }
    return kept.toString();
  }

  /** The conflict with both bodies, where they are asked for and not too many. */
  Conflict withBodies(Conflict conflict, Exchange exchange) {
    if (!settings.keepBodies()) {
      return conflict;
    }
    if (!allowance.take(exchange.capturedAtMillis())) {
      return conflict.withBodies(
          null, null, "more than " + BodyAllowance.PER_SECOND + " disagreements in a second");
    }
    KeptBody ours = body(exchange.champion());
    KeptBody theirs = body(exchange.challenger());
    StringJoiner leftOut = new StringJoiner("; ").setEmptyValue("");
    if (ours.leftOut() != null) {
      leftOut.add("champion: " + ours.leftOut());
    }
    if (theirs.leftOut() != null) {
      leftOut.add("challenger: " + theirs.leftOut());
    }
    return conflict.withBodies(
        ours.text(), theirs.text(), leftOut.length() == 0 ? null : leftOut.toString());
  }

  /** What is kept of an answer's body: as it was compared, decoded, a stream put together. */
  KeptBody body(Answer answer) {
    if (answer.body().length == 0) {
      return KeptBody.NONE;
    }
    if (answer.inferenceHeaderLength() != null) {
      return KeptBody.leftOut("holds binary tensors");
    }
    try {
      Body body = read(answer);
      if (body.bytes().length > settings.maxBodyBytes()) {
        return tooLong();
      }
      String text = redaction.isEmpty() ? body.readText() : redaction.apply(body.bytes());
      if (text == null) {
        return KeptBody.leftOut("not JSON, in which alone something can be redacted");
      }
      if (text.length() > settings.maxBodyBytes()) {
        return tooLong();
      }
      return isText(text) ? KeptBody.of(text) : KeptBody.leftOut("not text");
    } catch (UnreadableException e) {
      return KeptBody.leftOut("not readable");
    }
  }

  private KeptBody tooLong() {
    return KeptBody.leftOut("over " + settings.maxBodyBytes() + " B");
  }

  private static Body read(Answer answer) throws UnreadableException {
    byte[] decoded = ContentDecoder.decode(answer.body(), answer.contentEncoding());
    Body body = new Body(decoded, answer.contentType(), PLAIN);
    try {
      return StreamAssembler.assemble(body);
    } catch (UnreadableException broken) {
      // Half a stream is what there is to see.
      return body;
    }
  }

  /** Control characters are a sign of something else, and six times as long in JSON. */
  private static boolean isText(String text) {
    return text.chars().allMatch(c -> c >= ' ' || c == '\n' || c == '\r' || c == '\t');
  }
}
