package io.shadowsentinel.compare.format;

import static io.shadowsentinel.compare.Answers.ok;
import static io.shadowsentinel.compare.Answers.settings;
import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.ComparatorTable;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.exchange.Exchange;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

public class AutoFormatTest {
  private final Comparator comparator = Comparator.of(settings("auto"));

  public static Exchange exchange(String target, Answer champion, Answer challenger) {
    return new Exchange("digits", "e1", "r1", target, 1_700_000_000_123L, champion, challenger);
  }

  @Test
  void auto_isTheDefault() {
    assertThat(CompareSettings.DEFAULTS.format()).isEqualTo("auto");
  }

  @Test
  void nothingReadYet_isSaidSo() {
    assertThat(comparator.pickedFormat()).isEmpty();
    for (String broken : List.of("", "{", "<html></html>")) {
      Verdict verdict = comparator.compare(exchange("/p", ok(broken), ok("{}")));
      assertThat(verdict.outcome()).isEqualTo(Outcome.INCOMPARABLE);
      assertThat(verdict.format()).isEqualTo("auto");
    }
    assertThat(comparator.pickedFormat()).isEmpty();
  }

  @Test
  void firstReadableAnswer_decides_andItIsKeptTo() {
    comparator.compare(exchange("/p", ok("{"), ok("[[{\"label\":\"a\",\"score\":1}]]")));
    assertThat(comparator.pickedFormat()).as("a challenger does not decide").isEmpty();
    comparator.compare(exchange("/p", ok("{\"generated_text\":\"a\"}"), ok("{")));
    assertThat(comparator.pickedFormat()).hasValue("auto: tgi");
    Verdict other =
        comparator.compare(
            exchange("/p", ok("{\"predictions\":[1]}"), ok("{\"predictions\":[1]}")));
    assertThat(other.outcome()).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(other.format()).isEqualTo("auto: tgi");
  }

  @Test
  void changedSettings_pickAnew_unchangedOnesDoNot() {
    ComparatorTable table = new ComparatorTable();
    table.replace(Map.of("a", settings("auto")));
    Exchange exchange = exchange("/p", ok("{\"generated_text\":\"a\"}"), ok("{}"));
    Objects.requireNonNull(table.forRoute("a")).compare(exchange);
    table.replace(Map.of("a", settings("auto")));
    assertThat(Objects.requireNonNull(table.forRoute("a")).pickedFormat()).hasValue("auto: tgi");
    table.replace(Map.of("a", settings("auto").withRelativeTolerance(0.5)));
    assertThat(Objects.requireNonNull(table.forRoute("a")).pickedFormat()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          /v1/models/m:predict  | {"predictions":[1]}                    | kserve-v1
          /v1/models/m:predict  | {"outputs":[[0.1,0.9]]}                | tensorflow-serving
          /v1/models/m:predict?a=/invocations | {"outputs":[1]}           | tensorflow-serving
          /p                    | {"predictions":[1]}                    | kserve-v1
          /invocations          | {"predictions":[1]}                    | mlflow
          /invocations          | {"predictions":[{"score":1}]}          | sagemaker
          /p                    | {"predictions":[1],"probabilities":[[1]]} | scikit
          /predictions/m        | {"a":0.4,"b":0.6}                      | torchserve
          /predictions/m/1.0    | [0.4,0.6]                              | torchserve
          /predictions/m        | 7                                      | torchserve
          /p                    | {"a":0.4,"b":0.6}                      | json
          /p                    | [0.4,0.6]                              | json
          /p                    | 7                                      | json
          /p                    | []                                     | json
          /p                    | {}                                     | json
          /p                    | {"outputs":[]}                         | json
          /p                    | {"choices":[]}                         | json
          /v1/chat/completions  | {"choices":[]}                         | json
          /p                    | {"data":{"x":1}}                       | json
          /p                    | {"label":"a"}                          | scikit
          /p                    | [{"label":"a","confidence":0.5}]       | scikit
          /p                    | [{"label":"a","score":0.5}]            | huggingface
          /p                    | {"prediction":3.7}                     | scikit
          /p                    | {"jsonData":{"a":1}}                   | seldon
          """)
  void pick_byPathAndShape(String target, String body, String picked) {
    Verdict verdict = comparator.compare(exchange(target, ok(body), ok(body + " ")));
    assertThat(verdict.format()).isEqualTo("auto: " + picked);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
  }

  @Test
  void manyAtOnce_pickOne() throws Exception {
    List<String> bodies =
        List.of("{\"generated_text\":\"a\"}", "{\"predictions\":[1]}", "{\"label\":\"a\"}", "[1]");
    ExecutorService threads = Executors.newFixedThreadPool(bodies.size());
    try {
      for (int round = 0; round < 200; round++) {
        Comparator fresh = Comparator.of(settings("auto"));
        CyclicBarrier start = new CyclicBarrier(bodies.size());
        Set<String> seen = ConcurrentHashMap.newKeySet();
        List<Callable<Boolean>> calls =
            bodies.stream()
                .map(
                    body ->
                        (Callable<Boolean>)
                            () -> {
                              start.await();
                              Verdict verdict = fresh.compare(exchange("/p", ok(body), ok(body)));
                              return seen.add(String.valueOf(verdict.format()));
                            })
                .toList();
        for (Future<Boolean> call : threads.invokeAll(calls)) {
          call.get();
        }
        assertThat(seen).containsExactly(fresh.pickedFormat().orElseThrow());
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
