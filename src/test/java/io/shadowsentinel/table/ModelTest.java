package io.shadowsentinel.table;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class ModelTest {
  private static final List<URI> URLS = List.of(URI.create("https://a:9443"));
  private static final Model SECURED =
      new Model(
          "v1", URLS, new ClientTls(Path.of("ca"), Path.of("cert"), Path.of("key"), "n", true));

  @Test
  void json_tellsNothingOfTls_andIsReadAgain() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    String json = mapper.writeValueAsString(SECURED);

    assertThat(json).isEqualTo("{\"name\":\"v1\",\"urls\":[\"https://a:9443\"]}");
    assertThat(mapper.readValue(json, Model.class)).isEqualTo(new Model("v1", URLS));
  }

  @Test
  void same_isNameAndUrls_howeverSecured() {
    assertThat(Model.same(SECURED, new Model("v1", URLS))).isTrue();
    assertThat(Model.same(SECURED, new Model("v2", URLS))).isFalse();
    assertThat(Model.same(SECURED, new Model("v1", List.of(URI.create("https://b"))))).isFalse();
    assertThat(Model.same(SECURED, null)).isFalse();
    assertThat(Model.same(null, SECURED)).isFalse();
    assertThat(Model.same(null, null)).isTrue();
  }

  @Test
  void respecify_withOtherTls_keepsTheExperiment() {
    RouteSpec plain =
        new RouteSpec(
            "r",
            Match.path("/"),
            new Model("v1", URLS),
            new Model("v2", URLS),
            RouteSpec.DEFAULT_TIMEOUT,
            RouteSpec.DEFAULT_CONNECT_TIMEOUT,
            MirrorSettings.DEFAULTS);
    RouteSpec secured =
        new RouteSpec(
            "r",
            Match.path("/"),
            SECURED,
            new Model("v2", URLS),
            RouteSpec.DEFAULT_TIMEOUT,
            RouteSpec.DEFAULT_CONNECT_TIMEOUT,
            MirrorSettings.DEFAULTS);

    Route after = Transitions.respecify(Route.open(plain, "e1"), secured, "e2");
    assertThat(after.experiment()).isEqualTo("e1");
    assertThat(after.champion()).isEqualTo(SECURED);
  }
}
