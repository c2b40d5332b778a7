package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class UnitsTest {
  @ParameterizedTest
  @CsvSource({
    "0s,PT0S",
    "250us,PT0.00025S",
    "500ms,PT0.5S",
    "30s,PT30S",
    "2m,PT2M",
    "1h,PT1H",
    "999999999999us,PT277H46M39.999999S"
  })
  void duration_ofOneUnit_isRead(String text, String expected) {
    assertThat(Durations.parse(text)).contains(Duration.parse(expected));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "30",
        "s",
        "-1s",
        "+1s",
        "030s",
        "1.5s",
        "1 s",
        "1S",
        "1d",
        "1m30s",
        "1000000000000s",
        "1s\n"
      })
  void duration_ofAnotherForm_isRefused(String text) {
    assertThat(Durations.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0s", "1us", "1ms", "1500ms", "59s", "1m", "61s", "1h", "24h", "90m"})
  void duration_formatted_readsBack(String text) {
    assertThat(Durations.format(Durations.parse(text).orElseThrow())).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "0,0",
    "4096,4096",
    "1B,1",
    "1kB,1000",
    "1KB,1000",
    "64KiB,65536",
    "1MB,1000000",
    "1MiB,1048576",
    "1GB,1000000000",
    "2GiB,2147483648",
    "8589934591GiB,9223372035781033984"
  })
  void size_inBytes_isRead(String text, long expected) {
    assertThat(Sizes.parse(text)).hasValue(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "MiB",
        "-1",
        "01",
        "1.5MiB",
        "1 MiB",
        "1mb",
        "1M",
        "1TiB",
        "8589934592GiB",
        "1000000000000000000"
      })
  void size_ofAnotherForm_isRefused(String text) {
    assertThat(Sizes.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"0B", "1023B", "1KiB", "1025B", "1MiB", "3GiB"})
  void size_formatted_readsBack(String text) {
    assertThat(Sizes.format(Sizes.parse(text).orElseThrow())).isEqualTo(text);
  }

  @ParameterizedTest
  @CsvSource({
    "percnt,percent",
    "PERCENT,percent",
    "timout,timeout",
    "conectTimeout,connectTimeout",
    "percentage,''",
    "zzz,''",
    "'',''"
  })
  void suggestion_nearMiss_isFound(String word, String expected) {
    assertThat(Suggestion.nearest(word, List.of("percent", "timeout", "connectTimeout")).orElse(""))
        .isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "127.0.0.1,true", "127.9.9.9,true", "::1,true", "localhost,true", "LOCALHOST,true",
    "128.0.0.1,false", "126.255.255.255,false", "0.0.0.0,false", "::,false",
        "localhost.example.org,false"
  })
  void host_loopback_isToldWithoutTheNetwork(String host, boolean expected) {
    assertThat(Hosts.isLoopback(host)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0.0.0.0,127.0.0.1,true",
    "::,127.0.0.1,true",
    "0.0.0.0,::1,false",
    "0.0.0.0,::,true",
    "127.0.0.1,127.0.0.2,false",
    "127.0.0.1,127.0.0.1,true",
    "localhost,127.0.0.1,true",
    "localhost,10.0.0.1,false",
    "a.example,A.EXAMPLE,true",
    "a.example,b.example,false",
    "0.0.0.0,a.example,true"
  })
  void hosts_overlap_eitherWayRound(String left, String right, boolean expected) {
    assertThat(Hosts.overlap(left, right)).isEqualTo(expected);
    assertThat(Hosts.overlap(right, left)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "a,true",
    "a-b.c_d,true",
    "10.0.0.1,true",
    "fe80::1,true",
    "'',false",
    "a b,false",
    "a:80,false",
    "1.2.3,false",
    "256.0.0.1,false",
    "-a,false",
    "http://a,false"
  })
  void host_form_isChecked(String host, boolean expected) {
    assertThat(Hosts.isValid(host)).isEqualTo(expected);
  }
}
