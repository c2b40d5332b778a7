package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.RequestRewrite;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ChallengerRequestTest {
  private static final byte[] BODY = "{\"a\":1}".getBytes(UTF_8);
  private static final List<Map.Entry<String, String>> HEADERS =
      List.of(Map.entry("Host", "users"), Map.entry("X-Version", "1"), Map.entry("Accept", "*/*"));

  @Test
  void request_withoutRules_isTheSame_markedAsAShadow_andNamesNoHost() {
    ChallengerRequest sent = ChallengerRequest.of(MirrorSettings.DEFAULTS, "/p?q=1", HEADERS, BODY);

    assertThat(sent.target()).isEqualTo("/p?q=1");
    assertThat(sent.body()).isSameAs(BODY);
    assertThat(sent.headers())
        .containsExactly(
            Map.entry("X-Version", "1"),
            Map.entry("Accept", "*/*"),
            Map.entry("X-Shadow-Request", "true"));
  }

  @Test
  void request_withRules_isRewritten() {
    MirrorSettings settings =
        MirrorSettings.DEFAULTS.withRewrite(
            new RequestRewrite(
                Map.of("x-version", "2"),
                new RequestRewrite.PathRewrite("^/p", "/v2/p"),
                "[{\"op\":\"replace\",\"path\":\"/a\",\"value\":2}]"));

    ChallengerRequest sent = ChallengerRequest.of(settings, "/p?q=1", HEADERS, BODY);

    assertThat(sent.target()).isEqualTo("/v2/p?q=1");
    assertThat(sent.body()).asString().isEqualTo("{\"a\":2}");
    assertThat(sent.headers())
        .contains(Map.entry("x-version", "2"))
        .doesNotContain(Map.entry("X-Version", "1"));
  }

  @Test
  void patch_thatDoesNotFit_isToldWithItsKey() {
    MirrorSettings settings =
        MirrorSettings.DEFAULTS.withRewrite(
            new RequestRewrite(Map.of(), null, "[{\"op\":\"remove\",\"path\":\"/missing\"}]"));

    assertThatThrownBy(() -> ChallengerRequest.of(settings, "/p", HEADERS, BODY))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("mirror.patchBody: ");
  }
}
