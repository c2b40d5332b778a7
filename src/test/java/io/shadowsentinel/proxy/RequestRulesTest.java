package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.shadowsentinel.table.RequestRewrite;
import io.shadowsentinel.wire.Fields;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequestRulesTest {

  private static RequestRules path(String pattern, String replacement) {
    return RequestRules.of(
        new RequestRewrite(Map.of(), new RequestRewrite.PathRewrite(pattern, replacement), null));
  }

  @ParameterizedTest
  @CsvSource({
    "^/v2/models/digits/(.*), /v2/models/digits-v2/$1, /v2/models/digits/infer, /v2/models/digits-v2/infer",
    "^/v2/models/digits/(.*), /v2/models/digits-v2/$1, /v2/models/digits/infer?a=/v2/models/digits/x, /v2/models/digits-v2/infer?a=/v2/models/digits/x",
    "^/v2/models/digits/(.*), /v2/models/digits-v2/$1, /v2/models/other/infer?q, /v2/models/other/infer?q",
    "/a/, /b/, /a/x/a/y, /b/x/b/y",
    "/a, /b, /?/a, /?/a",
    "(?P<m>/x), /y${m}$0, /x/1, /y/x/x/1",
    "(?i)^/MODELS%20, /m, /models%20/1, /m/1",
    "/a, /b, *, *",
  })
  void target_isRewrittenInItsPathOnly(
      String pattern, String replacement, String target, String expected) {
    assertThat(path(pattern, replacement).target(target)).isEqualTo(expected);
  }

  @Test
  void expressionThatBacktrackingWouldNotEnd_isLinear() {
    String target = "/" + "a".repeat(60_000) + "!";

    assertThat(path("^/(a+)+$", "/x").target(target)).isEqualTo(target);
  }

  @Test
  void headers_replaceThoseOfTheSameName_inAnyCase() {
    Fields headers = new Fields();
    headers.add("x-model", "1");
    headers.add("X-Model", "2");
    headers.add("X-Other", "3");

    RequestRules.of(new RequestRewrite(Map.of("X-Model", "9", "X-New", "n"), null, null))
        .setHeaders(headers);

    assertThat(headers.getAll("X-Model")).containsExactly("9");
    assertThat(headers.get("X-Other")).isEqualTo("3");
    assertThat(headers.get("X-New")).isEqualTo("n");
  }

  @Test
  void nothingToDo_isTheSameRules() {
    assertThat(RequestRules.of(RequestRewrite.NONE)).isSameAs(RequestRules.NONE);
    assertThat(RequestRules.NONE.target("/a?b")).isEqualTo("/a?b");
    assertThat(RequestRules.NONE.bodyPatch).isNull();
  }

  @Test
  void patchThatIsNone_isRefused() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestRules.of(new RequestRewrite(Map.of(), null, "[{\"op\":\"x\"}]")));
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RequestRules.of(new RequestRewrite(Map.of(), null, "[")));
  }

  @Test
  void text_showsNoHeadersValue() {
    RequestRewrite rewrite = new RequestRewrite(Map.of("Authorization", "s3cret"), null, null);

    assertThat(rewrite.toString()).contains("Authorization").doesNotContain("s3cret");
  }
}
