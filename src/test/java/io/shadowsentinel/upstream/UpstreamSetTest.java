package io.shadowsentinel.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class UpstreamSetTest {
  private static final long EJECTED = UpstreamSet.EJECTED_SECONDS * 1_000_000_000;

  private static UpstreamSet of(String... urls) {
    return new UpstreamSet(Arrays.stream(urls).map(URI::create).toList());
  }

  private static List<String> take(UpstreamSet set, int count, long now) {
    return IntStream.range(0, count).mapToObj(i -> set.next(now).host).toList();
  }

  @Test
  void next_goesRound() {
    UpstreamSet set = of("http://a:1", "http://b:1", "http://c:1");

    assertThat(take(set, 7, 0)).containsExactly("a", "b", "c", "a", "b", "c", "a");
  }

  @Test
  void ejected_isLeftOutForItsTime() {
    UpstreamSet set = of("http://a:1", "http://b:1", "http://c:1");
    set.next(0).eject(0);

    assertThat(take(set, 4, EJECTED - 1)).containsExactly("b", "c", "b", "c");
  }

  @Test
  void ejected_comesBackAtItsTime() {
    UpstreamSet set = of("http://a:1", "http://b:1");
    set.next(0).eject(0);

    assertThat(take(set, 4, EJECTED)).containsExactly("b", "a", "b", "a");
  }

  @Test
  void allEjected_areTriedInTurnAllTheSame() {
    UpstreamSet set = of("http://a:1", "http://b:1");
    set.next(0).eject(0);
    set.next(0).eject(0);

    assertThat(take(set, 4, 1)).containsExactly("a", "b", "a", "b");
  }

  @ParameterizedTest
  @CsvSource({
    "http://models:8000, models, 8000, models:8000",
    "http://models, models, 80, models",
    "http://models:80, models, 80, models",
    "https://models, models, 443, models",
    "https://models:80, models, 80, models:80",
    "h2c://models:8001, models, 8001, models:8001",
    "http://[::1]:8000, ::1, 8000, [::1]:8000",
    "http://127.0.0.1:9001, 127.0.0.1, 9001, 127.0.0.1:9001"
  })
  void upstream_isReadFromItsUrl(String url, String host, int port, String authority) {
    UpstreamSet.Upstream upstream = of(url).next(0);

    assertThat(upstream.host).isEqualTo(host);
    assertThat(upstream.port).isEqualTo(port);
    assertThat(upstream.authority).isEqualTo(authority);
  }
}
