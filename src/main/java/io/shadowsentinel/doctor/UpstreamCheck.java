package io.shadowsentinel.doctor;

import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.doctor.Finding.Level;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether one URL of a model is reached, and answers in HTTP. Asks it nothing but a GET. */
final class UpstreamCheck {
  private static final String CHECK = "upstream";

  /** Where servers of a format tell that they are ready. */
  private static final Map<String, String> HEALTH =
      Map.of(
          "open-inference", "/v2/health/ready",
          "torchserve", "/ping",
          "mlflow", "/ping",
          "sagemaker", "/ping",
          "tgi", "/health",
          "openai-chat", "/v1/models",
          "openai-completions", "/v1/models");

  private static final int MAX_BYTES = 1 << 20;

  private final DoctorClient client;
  private final Clock clock;
  private final Duration atMost;

  UpstreamCheck(DoctorClient client, Clock clock, Duration atMost) {
    this.client = client;
    this.clock = clock;
    this.atMost = atMost;
  }

  /**
   * What was found at a URL.
   *
   * @param ahead how far its clock is ahead of ours; null when it did not tell
   */
  record Result(List<Finding> findings, @Nullable Duration ahead) {}

  Result check(RouteConfig route, String role, Model model, URI url) {
    String subject = route.spec().name() + " " + role + " " + model.name() + " " + url;
    Duration connect =
        atMost.compareTo(route.spec().connectTimeout()) < 0
            ? atMost
            : route.spec().connectTimeout();
    Finding way = Connecting.to(CHECK, subject, url, model.tls(), connect, Level.FAIL, clock);
    if (way.level() == Level.FAIL) {
      return new Result(List.of(way), null);
    }
    List<Finding> findings = new ArrayList<>(List.of(way));
    String path = HEALTH.getOrDefault(route.compare().format(), route.spec().match().path());
    Instant before = clock.instant();
    try {
      DoctorClient.Heard heard =
          client.ask(
              url,
              model.tls(),
              new RecordedRequest("GET", path, List.of(), new byte[0]),
              atMost,
              MAX_BYTES);
      Duration ahead = ahead(heard.date(), before, clock.instant());
      findings.add(answered(subject, path, heard, role));
      return new Result(findings, ahead);
    } catch (IOException e) {
      findings.add(
          Finding.fail(
              CHECK,
              subject,
              "takes connections, and does not answer GET " + path + ": " + Printable.describe(e),
              "is it the port of an HTTP server? https:// and h2c:// must be written as such"));
      return new Result(findings, null);
    }
  }

  private static Finding answered(
      String subject, String path, DoctorClient.Heard heard, String role) {
    int status = heard.answer().status();
    String seen =
        String.format(
            Locale.ROOT,
            "GET %s: %d in %.1f ms",
            path,
            status,
            heard.answer().latencyNanos() / 1e6);
    if (status >= 500) {
      return new Finding(
          role.equals("champion") ? Level.FAIL : Level.WARN,
          CHECK,
          subject,
          seen,
          "the server is up, and says that it is not well: look at its log");
    }
    return status >= 400
        ? Finding.ok(CHECK, subject, seen + ", which is an answer: that path is not for GET")
        : Finding.ok(CHECK, subject, seen);
  }

  private static @Nullable Duration ahead(@Nullable String date, Instant before, Instant after) {
    if (date == null) {
      return null;
    }
    try {
      Instant theirs = ZonedDateTime.parse(date, DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      // A Date is cut to the second, so that half of one is added to what it says.
      Instant ours = before.plus(Duration.between(before, after).dividedBy(2));
      return Duration.between(ours, theirs.plusMillis(500));
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
