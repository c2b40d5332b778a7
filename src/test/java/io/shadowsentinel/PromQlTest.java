package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PromQlTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "up == 0 | up",
        "up{job=\"a_metric(\"} == 0 | up",
        "sum by (route, code) (rate(a_total{x=\"y\"}[5m])) > 0.01 | a_total",
        "sum(rate(a_total[5m])) by (route) | a_total",
        "a and on (job, instance) (b{c=\"d\"} == 1) or ignoring (e) f offset 5m | a b f",
        "histogram_quantile(0.99, sum by (le) (rate(a_seconds_bucket[$__rate_interval]))) | a_seconds_bucket",
        "60 * (1e3 - 2 * a:b_total) | a:b_total",
        "count without (x) (a unless b) / 2 | a b",
        "1 + 2 | ``"
      })
  void metrics_expression_areThoseItNames(String expression, String names) {
    assertThat(String.join(" ", PromQl.metrics(expression))).isEqualTo(names == null ? "" : names);
  }
}
