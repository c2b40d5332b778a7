package io.shadowsentinel.bench;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** What one comparison costs, from two bodies to the verdict, by size, kind and difference. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 4, time = 1)
@Fork(2)
public class ComparisonBenchmark {
  /** About that many bytes in an answer. */
  @Param({"350", "10000", "100000"})
  public int bytes;

  /** An array of numbers, as a tensor has them; or objects with strings, numbers and booleans. */
  @Param({"numbers", "objects"})
  public String body;

  /** Whether the challenger says the same, or every number in other digits. */
  @Param({"equal", "different"})
  public String answers;

  private Comparator comparator;
  private Exchange exchange;

  /** Makes the pair, the same in every run. */
  @Setup
  public void pair() {
    comparator =
        Comparator.of(
            new CompareSettings(
                "json",
                JsonPointer.compile("/prediction"),
                JsonPointer.compile("/probability"),
                List.of(),
                1e-6,
                0.9));
    Answer champion = answer(0);
    exchange =
        new Exchange(
            "route",
            "experiment",
            "request",
            "/infer",
            0,
            champion,
            answers.equals("equal") ? answer(0) : answer(1e-4));
  }

  /** One comparison. */
  @Benchmark
  public Verdict compare() {
    return comparator.compare(exchange);
  }

  private Answer answer(double shift) {
    Random random = new Random(7);
    StringBuilder json = new StringBuilder("{\"prediction\":3,\"probability\":");
    json.append(number(0.9 + shift)).append(",\"outputs\":[");
    while (json.length() < bytes - 40) {
      double value = random.nextDouble() + shift;
      if (body.equals("numbers")) {
        json.append(number(value));
      } else {
        json.append("{\"name\":\"class ").append(random.nextInt(1000)).append("\",\"score\":");
        json.append(number(value)).append(",\"best\":").append(random.nextBoolean()).append('}');
      }
      json.append(',');
    }
    json.append("null]}");
    byte[] body = json.toString().getBytes(StandardCharsets.UTF_8);
    return new Answer(Answer.Fate.COMPLETE, 200, "application/json", null, body, 1_000_000);
  }

  /** As a model server prints a float. */
  private static String number(double value) {
    return String.format(Locale.ROOT, "%.8f", value);
  }
}
