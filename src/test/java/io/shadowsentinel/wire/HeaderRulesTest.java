package io.shadowsentinel.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.proxy.RequestTarget;
import io.vertx.core.MultiMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderRulesTest {

  private static MultiMap headers(String... namesAndValues) {
    MultiMap headers = MultiMap.caseInsensitiveMultiMap();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      headers.add(namesAndValues[i], namesAndValues[i + 1]);
    }
    return headers;
  }

  private static List<String> passed(MultiMap from) {
    MultiMap answered = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.addEndToEnd(Fields.of(from), answered);
    MultiMap asked = MultiMap.caseInsensitiveMultiMap();
    HeaderRules.endToEnd(from).addTo(asked);
    assertThat(asked.entries()).hasToString(answered.entries().toString());
    return answered.entries().stream().map(e -> e.getKey() + "=" + e.getValue()).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Connection",
        "keep-alive",
        "Proxy-Connection",
        "TE",
        "Transfer-Encoding",
        "UPGRADE",
        "Proxy-Authorization",
        "Proxy-Authenticate",
        "HTTP2-Settings"
      })
  void hopByHop_endsHere(String name) {
    assertThat(passed(headers("A", "1", name, "x", "B", "2"))).containsExactly("A=1", "B=2");
  }

  @ParameterizedTest
  @ValueSource(strings = {"Trailer", "Authorization", "Cookie", "Host", "Date", "Via", "Expect"})
  void endToEnd_passes(String name) {
    assertThat(passed(headers(name, "x"))).containsExactly(name + "=x");
  }

  @Test
  void namedByConnection_endsHere_inAnyCaseAndPlace() {
    MultiMap from =
        headers(
            "X-One",
            "1",
            "Connection",
            "close, x-ONE",
            "X-Two",
            "2",
            "Connection",
            "X-Two",
            "X-3",
            "3");

    assertThat(passed(from)).containsExactly("X-3=3");
  }

  @Test
  void repeatedFields_keepTheirOrder() {
    assertThat(passed(headers("Set-Cookie", "a", "X", "1", "set-cookie", "b")))
        .containsExactlyInAnyOrder("Set-Cookie=a", "X=1", "set-cookie=b")
        .containsSubsequence("Set-Cookie=a", "set-cookie=b");
  }

  @ParameterizedTest
  @CsvSource({"0, 0", "1, 1", "1048576, 1048576", "x, -1", "-1, -1", "' 7 ', 7"})
  void bodyLength_isContentLength(String given, long expected) {
    assertThat(HeaderRules.bodyLength(headers("Content-Length", given))).isEqualTo(expected);
  }

  @Test
  void bodyLength_withoutEither_isNone() {
    assertThat(HeaderRules.bodyLength(headers())).isZero();
  }

  @Test
  void bodyLength_chunked_isUnknown() {
    assertThat(HeaderRules.bodyLength(headers("Transfer-Encoding", "chunked"))).isEqualTo(-1);
  }

  @ParameterizedTest
  @CsvSource({"true, true", "True, true", "false, false", "1, false", "'', false"})
  void isShadow_onlyWhenTrue(String value, boolean expected) {
    assertThat(HeaderRules.isShadow(headers("X-Shadow-Request", value))).isEqualTo(expected);
  }

  @Test
  void targets_areBroughtToOriginForm() {
    Map<String, String> forms =
        Map.of(
            "/a?b=c", "/a?b=c",
            "*", "*",
            "http://host/a/b?c", "/a/b?c",
            "http://host?c=d", "/?c=d",
            "http://host:80", "/");
    forms.forEach((given, origin) -> assertThat(RequestTarget.originForm(given)).isEqualTo(origin));
    assertThat(RequestTarget.originForm("")).isNull();
    assertThat(RequestTarget.originForm("host:443")).isNull();
    assertThat(RequestTarget.originForm("://x/")).isNull();
    assertThat(RequestTarget.path("/a/b?c=d?e")).isEqualTo("/a/b");
    assertThat(RequestTarget.path("/a")).isEqualTo("/a");
  }
}
