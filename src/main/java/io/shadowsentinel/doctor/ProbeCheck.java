package io.shadowsentinel.doctor;

import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.proxy.ChallengerRequest;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Whether the answers of a route can be read and compared: sends one recorded request to both
 * models, as the proxy would, and shows the answers to the comparator.
 */
final class ProbeCheck {
  private static final String CHECK = "format";

  private final DoctorClient client;
  private final Duration atMost;

  ProbeCheck(DoctorClient client, Duration atMost) {
    this.client = client;
    this.atMost = atMost;
  }

  Finding check(RouteConfig route, RecordedRequest request) {
    String subject = "route " + route.spec().name();
    MirrorSettings mirror = route.spec().mirror();
    Answer champion;
    try {
      champion = ask(route.spec().champion(), request, mirror.maxBodyBytes());
    } catch (IOException e) {
      return Finding.fail(
          CHECK,
          subject,
          "the champion does not answer the probe: " + Printable.describe(e),
          "send the probe to it by hand, with curl for example");
    }
    Model model = route.spec().challenger();
    if (model == null) {
      return judged(route, subject, champion, champion, false);
    }
    try {
      ChallengerRequest rewritten =
          ChallengerRequest.of(mirror, request.target(), request.headers(), request.body());
      List<Map.Entry<String, String>> headers = new ArrayList<>(rewritten.headers());
      Answer challenger =
          ask(
              model,
              new RecordedRequest(
                  request.method(), rewritten.target(), List.copyOf(headers), rewritten.body()),
              mirror.maxBodyBytes());
      return judged(route, subject, champion, challenger, true);
    } catch (IOException e) {
      return Finding.fail(
          CHECK,
          subject,
          "the challenger does not answer the probe: " + Printable.describe(e),
          "send the probe to it by hand, with curl for example");
    } catch (IllegalArgumentException e) {
      return Finding.fail(
          CHECK, subject, Printable.describe(e), "correct mirror.patchBody, or take another probe");
    }
  }

  private Answer ask(Model model, RecordedRequest request, int maxBytes) throws IOException {
    return client.ask(model.urls().get(0), model.tls(), request, atMost, maxBytes).answer();
  }

  private static Finding judged(
      RouteConfig route, String subject, Answer champion, Answer challenger, boolean two) {
    Comparator comparator = Comparator.of(route.compare());
    Explanation seen = comparator.explain(champion, challenger);
    if (seen.outcome() == Outcome.INCOMPARABLE) {
      return Finding.fail(
          CHECK,
          subject,
          String.valueOf(seen.reason()),
          "such requests count for nothing: set compare.format (and label), or take a probe that"
              + " the champion accepts");
    }
    if (seen.outcome() == Outcome.CHALLENGER_ERROR) {
      return Finding.fail(
          CHECK,
          subject,
          "the challenger's answer: " + seen.reason(),
          "each such request counts against the challenger; if it wants another path, header or"
              + " model name, see mirror.rewritePath, setHeaders and patchBody");
    }
    String format = comparator.pickedFormat().orElse(route.compare().format());
    String outcome =
        !two ? "" : seen.outcome() == Outcome.AGREE ? "; the two agree" : "; the two disagree";
    return Finding.ok(CHECK, subject, "read as " + format + labels(seen, two) + outcome);
  }

  private static String labels(Explanation seen, boolean two) {
    if (seen.rows().isEmpty()) {
      return "";
    }
    Explanation.Row row = seen.rows().get(0);
    String label = row.championLabel();
    if (label == null) {
      return ", without a label";
    }
    String theirs = two ? " and " + shown(row.challengerLabel(), row.challengerConfidence()) : "";
    return ", first row " + shown(label, row.championConfidence()) + theirs;
  }

  private static String shown(@Nullable String label, @Nullable Double confidence) {
    return label
        + (confidence == null ? "" : String.format(Locale.ROOT, " (confidence %.3f)", confidence));
  }
}
