package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class GateTest {

  private static final GateBars BARS =
      new GateBars(new BigDecimal("0.80"), Duration.ofMillis(5), new BigDecimal("0.90"));

  @TempDir private Path directory;

  private static GateReport report(int right, long p99Nanos, int agree) {
    GateReport.MeasuredFile file = new GateReport.MeasuredFile("f", "0");
    Latencies latency = new Latencies(1, Duration.ZERO, Duration.ZERO, Duration.ofNanos(p99Nanos));
    return new GateReport(
        file, file, file, BARS, new Share(right, 200), Map.of(), latency, new Share(agree, 200));
  }

  @ParameterizedTest
  @CsvSource({
    "159, 5000000, 180, false",
    "160, 5000000, 180, true",
    "161, 5000000, 180, true",
    "160, 4999999, 180, true",
    "160, 5000001, 180, false",
    "160, 5000000, 179, false",
    "160, 5000000, 181, true",
  })
  void report_belowAtAndAboveEachBar_passesAtIt(int right, long p99, int agree, boolean passed) {
    assertThat(report(right, p99, agree).passed()).isEqualTo(passed);
  }

  @Test
  void percentiles_ofHundredTimes_areTheRanks() {
    Latencies latencies = Latencies.of(LongStream.rangeClosed(1, 100).map(i -> 101 - i).toArray());
    assertThat(latencies)
        .isEqualTo(
            new Latencies(100, Duration.ofNanos(50), Duration.ofNanos(95), Duration.ofNanos(99)));
    assertThat(Latencies.of(new long[] {7}).p99()).isEqualTo(Duration.ofNanos(7));
    assertThat(Latencies.of(new long[101]).samples()).isEqualTo(101);
  }

  @Test
  void bars_outOfRange_areRefused() {
    assertThatThrownBy(() -> new GateBars(new BigDecimal("1.01"), Duration.ofNanos(1), null))
        .hasMessage("min-accuracy: 1.01 (expected 0..1)");
    assertThatThrownBy(() -> new GateBars(BigDecimal.ONE, Duration.ZERO, null))
        .hasMessageContaining("max-p99");
    assertThatThrownBy(
            () -> new GateBars(BigDecimal.ONE, Duration.ofNanos(1), new BigDecimal("-0.1")))
        .hasMessageContaining("min-agreement: -0.1");
  }

  private GateReport run(String fixture, String csv) throws BadInputException, Exception {
    Path data = Files.writeString(directory.resolve("data.csv"), csv);
    GateBars bars = new GateBars(BigDecimal.ONE, Duration.ofMinutes(1), null);
    return Gate.run(Models.fixture(fixture), data, null, bars);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zipmap-strings|0,5,1,cat\\n5,1,0,dog\\n1,2,3,eel\\n1,2,3,cat|3",
        "zipmap-numbers|0,5,1,9\\n5,1,0,10\\n1,2,3,100.0|3",
        "probabilities-only|0,5,1,cat\\n5,1,0,dog|2",
        "image|0,5,1,2,1\\n5,1,0,0,1|1",
      })
  void classifier_ofEachKind_isMeasuredByName(String fixture, String csv, int right)
      throws Exception {
    assertThat(run(fixture, csv.replace("\\n", "\n")).accuracy().part()).isEqualTo(right);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "zipmap-strings|1,2,a|input 'scores' has shape [-1, 3], the data 2 numbers a row",
        "batch-of-two|1,2,3,a|has shape [2, 3], the data 3 numbers a row",
        "sum|1,2,a|expected one tensor of numbers",
        "regressor|1,2,a|no output holds a label",
        "image|1,2,3,4.5,1|data.csv:1: a number that the model's input cannot hold",
        "zipmap-strings|1,2,1e39,a|data.csv:1: a number that the model's input cannot hold",
      })
  void model_thatDoesNotFitTheData_isBadInput(String fixture, String csv, String message) {
    assertThatThrownBy(() -> run(fixture, csv))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }
}
