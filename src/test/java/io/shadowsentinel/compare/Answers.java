package io.shadowsentinel.compare;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Conflict;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;

/** Makes answers, exchanges and settings for tests of the comparison. */
public final class Answers {
  private Answers() {}

  public static Answer ok(String body) {
    return ok(bytes(body), null);
  }

  public static Answer ok(byte[] body, String contentEncoding) {
    return new Answer(
        Answer.Fate.COMPLETE, 200, "application/json", contentEncoding, body, 1_000_000);
  }

  public static Answer status(int status) {
    return new Answer(Answer.Fate.COMPLETE, status, "application/json", null, bytes("{}"), 1);
  }

  public static Exchange exchange(Answer champion, Answer challenger) {
    return exchange("digits", champion, challenger);
  }

  public static Exchange exchange(String route, Answer champion, Answer challenger) {
    return new Exchange(route, "e1", "r1", "/infer?x=1", 1_700_000_000_123L, champion, challenger);
  }

  public static Verdict compare(CompareSettings settings, String champion, String challenger) {
    return Comparator.of(settings).compare(exchange(ok(champion), ok(challenger)));
  }

  public static Verdict compare(String format, String champion, String challenger) {
    return compare(settings(format), champion, challenger);
  }

  public static CompareSettings settings(String format) {
    return new CompareSettings(format, null, null, List.of(), 0, 0.9);
  }

  public static CompareSettings tolerating(String format, double tolerance) {
    return new CompareSettings(format, null, null, List.of(), tolerance, 0.9);
  }

  public static CompareSettings ignoring(String format, String... pointers) {
    return new CompareSettings(format, null, null, List.of(pointers), 0, 0.9);
  }

  public static CompareSettings pointing(String format, String label, String confidence) {
    return new CompareSettings(
        format,
        label == null ? null : JsonPointer.compile(label),
        confidence == null ? null : JsonPointer.compile(confidence),
        List.of(),
        0,
        0.9);
  }

  public static Conflict conflict(Verdict verdict) {
    return Objects.requireNonNull(verdict.conflict());
  }

  public static String fixture(String name) {
    try (InputStream in = Answers.class.getResourceAsStream(name)) {
      return new String(Objects.requireNonNull(in, name).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
