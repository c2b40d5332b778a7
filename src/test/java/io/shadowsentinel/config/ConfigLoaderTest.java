package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.ConflictSettings;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.RequestRewrite;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.Tls;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigLoaderTest {
  private static final String ROUTES =
      "routes: [ { name: a, champion: { name: m, urls: [ \"http://h\" ] } } ]\n";

  @TempDir Path directory;

  @Test
  void minimalFile_everythingElse_isDefault() {
    SentinelConfig config = loaded(CorpusTest.CORPUS.resolve("good/minimal.yaml"));

    assertThat(config.listen()).isEqualTo(ListenSettings.DEFAULTS);
    assertThat(config.listen().port()).isEqualTo(8080);
    assertThat(config.admin()).isEqualTo(AdminConfig.DEFAULTS);
    assertThat(config.admin().port()).isEqualTo(9090);
    assertThat(config.stateDirectory()).isEqualTo(Path.of("./state"));
    assertThat(config.shutdown().grace()).isEqualTo(Duration.ofSeconds(10));
    assertThat(config.alerts()).isEmpty();
    RouteConfig route = config.routes().get(0);
    assertThat(route.spec().match()).isEqualTo(Match.path("/"));
    assertThat(route.spec().challenger()).isNull();
    assertThat(route.spec().timeout()).isEqualTo(RouteSpec.DEFAULT_TIMEOUT);
    assertThat(route.spec().connectTimeout()).isEqualTo(RouteSpec.DEFAULT_CONNECT_TIMEOUT);
    assertThat(route.spec().mirror()).isEqualTo(MirrorSettings.DEFAULTS);
    assertThat(route.compare()).isEqualTo(CompareSettings.DEFAULTS);
    assertThat(route.decide()).isEqualTo(DecideSettings.DEFAULTS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"minimal.json", "crlf.yaml", "bom.yaml", "tab-after-value.yaml"})
  void otherSpelling_config_isTheSame(String name) {
    assertThat(loaded(CorpusTest.CORPUS.resolve("good/" + name)))
        .isEqualTo(loaded(CorpusTest.CORPUS.resolve("good/minimal.yaml")));
  }

  @Test
  void fullFile_everyValue_isBound() {
    SentinelConfig config = loaded(CorpusTest.CORPUS.resolve("good/everything.yaml"));

    Path tls = CorpusTest.TLS;
    assertThat(config.listen())
        .isEqualTo(
            new ListenSettings(
                "::",
                0,
                new Tls(tls.resolve("cert.pem"), tls.resolve("key.pem"), tls.resolve("ca.pem")),
                true,
                new ListenLimitSettings(
                    1,
                    1_000_000,
                    10_000,
                    64,
                    1 << 20,
                    8,
                    1,
                    Duration.ofMillis(1),
                    Duration.ofHours(24),
                    Duration.ofMillis(500))));
    assertThat(config.admin())
        .isEqualTo(
            new AdminConfig(
                "0.0.0.0",
                0,
                "0123456789abcdef",
                null,
                List.of(
                    new AdminConfig.Token("ci", true, "0123456789abcdef-of-ci", null),
                    new AdminConfig.Token(
                        "grafana.1", false, null, CorpusTest.CORPUS.resolve("tokens/good"))),
                AdminConfig.ReadAccess.OPEN,
                AdminConfig.ReadAccess.TOKEN,
                List.of("sentinel.example.org", "*.internal")));
    assertThat(config.stateDirectory()).isEqualTo(Path.of("./target/state"));
    assertThat(config.shutdown()).isEqualTo(new ShutdownSettings(Duration.ofSeconds(30)));
    RouteConfig route = config.routes().get(0);
    assertThat(route.spec().match())
        .isEqualTo(
            new Match(
                "/v2/",
                List.of("models.example.org", "*.example.net"),
                Set.of("GET", "POST"),
                Map.of("X-Tenant", "acme")));
    assertThat(route.spec().champion().urls())
        .containsExactly(URI.create("http://a:9001"), URI.create("https://b.example.org"));
    assertThat(route.spec().challenger().urls())
        .containsExactly(URI.create("h2c://[::1]:9002"), URI.create("https://c.example.org"));
    assertThat(route.spec().champion().tls())
        .isEqualTo(
            new ClientTls(
                tls.resolve("ca.pem"),
                tls.resolve("cert.pem"),
                tls.resolve("key.pem"),
                "models.internal",
                true));
    assertThat(route.spec().challenger().tls())
        .isEqualTo(new ClientTls(null, null, null, null, false));
    assertThat(route.spec().timeout()).isEqualTo(Duration.ofMillis(1));
    assertThat(route.spec().connectTimeout()).isEqualTo(Duration.ofDays(1));
    assertThat(route.spec().mirror())
        .isEqualTo(
            new MirrorSettings(
                new BigDecimal("0.0001"),
                Set.of("POST", "PUT"),
                Duration.ofMillis(500),
                1,
                65_536,
                Set.of("authorization"),
                true,
                new RequestRewrite(
                    Map.of("Authorization", "Bearer b", "X-Model", "2"),
                    new RequestRewrite.PathRewrite("^/v2/(?P<rest>.*)", "/v3/${rest}/$1"),
                    "[{\"op\":\"test\",\"path\":\"/model\",\"value\":\"a\"},"
                        + "{\"op\":\"replace\",\"path\":\"/model\",\"value\":\"b\"},"
                        + "{\"op\":\"add\",\"path\":\"/parameters\",\"value\":"
                        + "{\"n\":1.50,\"t\":true,\"x\":null,\"l\":[\"1\",\"8081\"]}},"
                        + "{\"op\":\"move\",\"path\":\"/b\",\"from\":\"/a\"},"
                        + "{\"op\":\"copy\",\"path\":\"/c~1d\",\"from\":\"/b\"},"
                        + "{\"op\":\"remove\",\"path\":\"/inputs/0\"}]"),
                new BigDecimal("0.0001")));
    assertThat(route.compare())
        .isEqualTo(
            new CompareSettings(
                    "open-inference",
                    JsonPointer.compile("/prediction"),
                    JsonPointer.compile("/probability"),
                    List.of("/id", "/a/*/b~0c"),
                    1e-6,
                    1)
                .withRelativeTolerance(0.01)
                .withConflicts(
                    new ConflictSettings(true, 65_536, List.of("/user/email", "/items/*/name"))));
    assertThat(route.decide()).isEqualTo(new DecideSettings(1, new BigDecimal("0.999999"), false));
    assertThat(config.alerts().get(0))
        .isEqualTo(
            new AlertConfig(
                AlertConfig.Type.WEBHOOK,
                URI.create("http://127.0.0.1:9099/alert"),
                Set.of(Decision.Action.PROMOTE, Decision.Action.ROLLBACK),
                URI.create("https://x.example.org/")));
    assertThat(config.alerts()).hasSize(3);
    assertThat(config.alerts().get(1).tls())
        .isEqualTo(new ClientTls(tls.resolve("ca.pem"), null, null, null, true));
    assertThat(config.routes().get(1).compare().text().judge().tls())
        .isEqualTo(
            new ClientTls(null, tls.resolve("cert.pem"), tls.resolve("key.pem"), null, true));
  }

  @Test
  void variables_areData_ofTheTypeTheirPlaceWants() {
    SentinelConfig config = loaded(CorpusTest.CORPUS.resolve("good/environment.yaml"));

    RouteSpec spec = config.routes().get(0).spec();
    assertThat(config.listen().port()).isEqualTo(8081);
    assertThat(config.admin().token()).isNull();
    assertThat(spec.name()).isEqualTo("fallback");
    assertThat(spec.champion().urls()).containsExactly(URI.create("http://model.internal:9001"));
    assertThat(spec.match().headers())
        .isEqualTo(Map.of("X-Literal", "${PORT} $5", "X-Yaml", "a: [b, \"c"));
    assertThat(spec.mirror().percent()).isEqualByComparingTo("12.5");
    assertThat(spec.mirror().maxBodyBytes()).isEqualTo(65_536);
    assertThat(config.routes().get(0).decide().auto()).isFalse();
  }

  @Test
  void secrets_areNotInTheTextForm() {
    String text = loaded(CorpusTest.CORPUS.resolve("good/everything.yaml")).toString();

    assertThat(text)
        .contains("token=***", "https://hooks.slack.com/***")
        .doesNotContain("0123456789abcdef", "services", "user:pw", "Bearer b", "acme");
  }

  @Test
  void secretOfWrongForm_isNotInTheFault() {
    String file = "admin: { token: 1234567 }\nalerts: [ { type: slack, url: \"ftp://secret\" } ]\n";

    assertThat(faults(file + ROUTES))
        .containsExactly(
            "1:17: admin.token: not a string (expected at least 16 characters, in quotes)",
            "2:31: alert.url: not a URL that alerts can go to"
                + " (expected http://HOST[:PORT][/PATH] or https://HOST[:PORT][/PATH])");
  }

  @Test
  void tokens_withoutAnyOnAnOpenHost_areMissing_andOneWillDo() {
    String open = "admin: { host: 0.0.0.0, tokens: %s }\n" + ROUTES;

    assertThat(faults(open.formatted("[]")))
        .containsExactly(
            "1:8: admin.token: missing (expected at least 16 characters, because admin.host"
                + " 0.0.0.0 is not loopback)");
    assertThat(faults(open.formatted("[ { name: v, role: viewer, token: 0123456789abcdeX } ]")))
        .isEmpty();
    // What is wrong with the one that is there is enough to be told.
    assertThat(faults(open.formatted("[ { name: v, role: viewer, token: short } ]")))
        .containsExactly(
            "1:67: admin.tokens[0].token: 5 characters (expected at least 16 characters)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "admin: { token: \"S3CRET-that-is-not-closed }",
        "admin: { token: S3CRET S3CRET S3CRET }",
        "admin: { token: [ S3CRET-S3CRET-S3CRET ] }",
        "admin: { token: { S3CRET-S3CRET-S3CRET: x } }",
        "admin: { token: ${S3CRET-S3CRET }",
        "admin: { token: 'S3CRET${' }",
        "admin: { token: !S3CRET x }",
        "admin: { token: &S3CRET @ }",
        "admin: S3CRET",
        "admin: [ S3CRET ]",
        "admin: { tokens: S3CRET }",
        "admin: { tokens: [ S3CRET ] }",
        "admin: { tokens: [ { name: a, role: viewer, token: S3CRET } ] }",
        "alerts: S3CRET",
        "alerts: [ S3CRET ]",
        "alerts: [ { type: slack, url: \"https://h/S3CRET x\" } ]",
        "alerts: [ { type: slack, url: \"https://S3CRET@:1\" } ]",
        "alerts: [ { type: slack, url: [ S3CRET ] } ]",
        "alerts: [ { type: slack, url: \"https://h/\", link: \"x S3CRET\" } ]"
      })
  void secret_whateverIsWrongWithIt_isInNoFault(String yaml) {
    assertThat(faults(yaml + "\n" + ROUTES))
        .isNotEmpty()
        .allSatisfy(fault -> assertThat(fault).doesNotContain("S3CRET"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''                | 1:1: empty (expected a mapping with routes)
          '# nothing\\n'    | 1:1: empty (expected a mapping with routes)
          'hello'           | 1:1: hello (expected a mapping with routes)
          'a: [1'           | 1:6: not YAML: the collection goes on in a way it cannot (expected , or ])
          'a: @x'           | 1:4: not YAML: @ begins no value (expected quotes around it)
          'a: b: c'         | 1:5: not YAML: a colon that belongs to no key (expected key: value in the column of the keys above, and quotes around a value with a colon)
          'a:\\n\\tb: 1'    | 2:1: not YAML: a tab in the indentation (expected spaces)
          'a: {b: ${X}}'    | 1:9: not YAML: the collection goes on in a way it cannot (expected , or }); "${...}" needs its quotes inside { } and [ ]
          '? [1]\\n: 2'     | 1:4: not YAML: a collection as a key (expected a text)
          'a: [1, %x]'      | 1:8: not YAML: % begins no value (expected quotes around it)
          'a: "x'           | 1:6: not YAML: the file ends inside quotes (expected the closing one)
          'a: "\\\\q"'        | 1:6: not YAML: \\q is no escape (expected one that JSON has, or single quotes)
          'a: 1\\n b: 2'    | 2:3: not YAML: a colon that belongs to no key (expected key: value in the column of the keys above, and quotes around a value with a colon)
          'a: 1\\nb'        | 2:2: not YAML: a line that is neither key nor value (expected key: value)
          'a:\\n  - 1\\n - 2' | 3:2: not YAML: another column than that of the lines above (expected the same)
          'a: >x\\n  y'     | 1:5: not YAML: x after the sign of a block (expected -, +, a digit or the end of the line)
          'a: !x! y'        | 1:7: not YAML: a tag (expected none: the key tells the type)
          'a: 1\\n- 2'      | 2:1: not YAML: a list item in another column than its list (expected the column of the first)
          '-\\ta: 1'        | 1:3: not YAML: a tab before a key or a list item (expected spaces)
          '-\\t- 1'         | 1:3: not YAML: a tab before a key or a list item (expected spaces)
          'a:\\n  \\tb: 1'  | 2:3: not YAML: a tab in the indentation (expected spaces)
          'a: x\\7y'    | 1:5: character U+0007 (expected printable text)
          """,
      quoteCharacter = '\u0001')
  void brokenYaml_isToldByPlaceInPlainWords(String quoted, String fault) {
    String text = quoted.strip().replaceAll("^'|'$", "").translateEscapes();

    assertThat(faults(text)).containsExactly(fault.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          {"a":1,}   | 1:8: not JSON: } is not expected here (expected a key in double quotes)
          {"a":      | 1:6: not JSON: the file ends too early (expected the end of what is open)
          {"a": 01}  | 1:8: not JSON: a number with a leading zero (expected one without)
          {} {}      | 1:4: a second document (expected one)
          {"a" 1}    | 1:6: not JSON: 1 is not expected here (expected :)
          {"a":1 "b" | 1:8: not JSON: " is not expected here (expected , or })
          [1 2]      | 1:4: not JSON: 2 is not expected here (expected , or ])
          {"a":1]    | 1:7: not JSON: ] closes what is not open (expected what was opened last)
          {"a":yes}  | 1:9: not JSON: yes (expected a value: text in double quotes, a number, true, false or null)
          {"a":NaN}  | 1:9: not JSON: NaN (expected a value: text in double quotes, a number, true, false or null)
          {"a":'x'}  | 1:6: not JSON: ' is not expected here (expected a value: text in double quotes, a number, true, false or null)
          // no      | 1:1: not JSON: / is not expected here (expected JSON, which has no comments)
          {"a":"\\x"} | 1:8: not JSON: an escape that JSON has not (expected one such as \\n or \\u00e9)
          {"a":1.}   | 1:7: not JSON: a number that is cut off (expected digits)
          """,
      quoteCharacter = '\u0001')
  void brokenJson_isToldByPlaceInPlainWords(String text, String fault) throws IOException {
    Path file = Files.writeString(directory.resolve("c.json"), text);

    assertThat(faults(file)).containsExactly(fault);
  }

  /** What parsers are bounded in is bounded here, or it is a value like others. */
  @ParameterizedTest
  @CsvSource({
    "json, 1200",
    "yaml, 1200",
    "json, 200000",
    "yaml, 200000",
  })
  void number_ofManyDigits_isAFaultAtItsPlace(String syntax, int digits) throws IOException {
    String routes =
        "\"routes\": [{\"name\": \"r\", \"champion\": {\"name\": \"a\", \"urls\": [\"http://a\"]}}]";
    String text = "{" + routes + ",\n \"listen\": {\"port\": " + "9".repeat(digits) + "}}";
    Path file = Files.writeString(directory.resolve("c." + syntax), text);

    assertThat(faults(file))
        .containsExactly(
            "2:21: listen.port: " + "9".repeat(80) + "… (expected a whole number, 0..65535)");
  }

  @ParameterizedTest
  @CsvSource({"json", "yaml"})
  void textsNamesAndNesting_overAParsersBounds_areFaultsAtTheirPlaces(String syntax)
      throws IOException {
    String name = "n".repeat(syntax.equals("json") ? 100_000 : 1_000); // of YAML's keys the most
    Path names = directory.resolve("n." + syntax);
    Files.writeString(names, "{\"" + name + "\": \"" + "x".repeat(500_000) + "\"}");
    Path deep = directory.resolve("d." + syntax);
    Files.writeString(deep, "{\"a\": " + "[".repeat(100_000));

    assertThat(faults(names)).first().asString().startsWith("1:1: routes: missing");
    assertThat(faults(names)).last().asString().startsWith("1:2: " + "n".repeat(80) + "…: unknown");
    assertThat(faults(deep))
        .containsExactly("1:39: nested too deeply (expected at most 32 levels)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          'routes:\\n- name:\\tr\\n  champion:\\t{name: a, urls: ["http://a"]}\\n'
          'routes:\\n-   name: r\\n    champion: \\t {name: "a",\\turls: ["http://a"]}\\t# why\\n'
          'routes:\\t[{\\tname:\\tr\\t,\\tchampion\\t:\\t{"name"\\t:\\ta,urls:\\t[\\t"http://a"\\t]\\t}\\t}\\t]\\t\\n'
          '\\t\\n\\t# a\\ttab\\n  \\t\\nroutes:\\n- {name: r, champion: {name: a, urls: ["http://a"]}}\\n\\t'
          """,
      quoteCharacter = '\u0001')
  void tabs_thatSeparate_areBlanks(String quoted) throws IOException {
    String text = quoted.strip().replaceAll("^'|'$", "").translateEscapes();
    Path file = Files.writeString(directory.resolve("c.yaml"), text);

    assertThat(loaded(file).routes())
        .singleElement()
        .extracting(r -> r.spec().name())
        .isEqualTo("r");
  }

  @Test
  void tabs_inTextsAndBlocks_areKept() throws SyntaxFault {
    String text = "a:\t|\t\n  x\ty\n  \tz\nb:\t\"p\tq\"\nc: 'r\ts'\t\nd: t\tu\n";

    assertThat(YamlTabs.asBlanks(text))
        .isEqualTo("a: | \n  x\ty\n  \tz\nb: \"p\tq\"\nc: 'r\ts' \nd: t\tu\n");
  }

  @Test
  void tabs_withoutEnd_areRefusedWithinABound() {
    assertThat(faults("a:\tb\n" + "? \tx\n".repeat(100_000)))
        .singleElement()
        .asString()
        .contains("too many tabs between values (expected spaces)");
  }

  @Test
  void textThatTurnsItsReader_isSpelledOut() throws IOException {
    String evil = "a\u202Eb\u200Bc\u2066";
    Path file = Files.writeString(directory.resolve("x\u202Eymal.yaml"), "\"" + evil + "\": 1\n");
    ConfigResult result = ConfigLoader.load(file, name -> null);
    String told = ((ConfigResult.Rejected) result).faults().toString();

    assertThat(told).contains("a\\u202Eb\\u200Bc\\u2066: unknown key", "x\\u202Eymal.yaml:1:1: ");
    assertThat(told.codePoints().filter(c -> Character.getType(c) == Character.FORMAT)).isEmpty();
  }

  @Test
  void check_thatFailsItself_isARefusalAndNoException() throws IOException {
    Path file = Files.writeString(directory.resolve("c.yaml"), ROUTES + "state: ${X}\n");
    ConfigResult result =
        ConfigLoader.load(
            file,
            name -> {
              throw new IllegalStateException("no environment");
            });

    assertThat(((ConfigResult.Rejected) result).faults())
        .singleElement()
        .asString()
        .doesNotContain("Exception")
        .startsWith(file + ":2:");
  }

  @Test
  void secondDocument_isRefusedAtItsPlace() {
    assertThat(faults(ROUTES + "---\na: 1\n"))
        .containsExactly("3:1: a second document (expected one)");
  }

  @Test
  void aliasBomb_isRefusedBeforeItUnfolds() {
    StringBuilder bomb = new StringBuilder("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for (int i = 1; i <= 9; i++) {
      bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
    }

    assertThat(faults(bomb.toString()))
        .singleElement()
        .asString()
        .startsWith("5:")
        .endsWith("too many values (expected at most 100000, aliases unfolded)");
  }

  @Test
  void aliasInsideItself_hasNoAnchorYet() {
    assertThat(faults(ROUTES + "state: &s { directory: *s }\n"))
        .containsExactly("2:24: *s: no such anchor (expected &s above)");
  }

  @Test
  void mergeKey_isRefused() {
    assertThat(faults("state: &s { directory: a }\nlisten:\n  <<: *s\n" + ROUTES))
        .containsExactly("3:3: <<: merge keys are not supported (expected the keys themselves)");
  }

  @ParameterizedTest
  @CsvSource({"32, false", "33, true", "34, true"})
  void nesting_limit_isExact(int depth, boolean refused) {
    List<String> faults = faults("a: " + "[".repeat(depth) + "]".repeat(depth));

    assertThat(faults.stream().anyMatch(f -> f.contains("nested too deeply"))).isEqualTo(refused);
  }

  @ParameterizedTest
  @CsvSource({"-1, false", "0, false", "1, true"})
  void fileSize_limit_isExact(int more, boolean refused) throws IOException {
    int padding = SourceText.MAX_BYTES + more - ROUTES.length() - 1;
    Path file = Files.writeString(directory.resolve("c.yaml"), ROUTES + "#" + "x".repeat(padding));

    ConfigResult result = ConfigLoader.load(file, name -> null);

    if (refused) {
      assertThat(faults(file)).containsExactly("1:1: too large (expected at most 1MiB)");
    } else {
      assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    }
  }

  @Test
  void bytesThatAreNotUtf8_place_isTheirs() throws IOException {
    Path file = directory.resolve("c.yaml");
    Files.write(file, "a: 1\r\nbé: \u00e9".getBytes(StandardCharsets.ISO_8859_1));

    assertThat(faults(file)).containsExactly("2:2: byte 0xE9: not UTF-8 (expected UTF-8 text)");
  }

  @Test
  void missingFile_andDirectory_areFaults() {
    assertThat(faults(directory.resolve("none.yaml")))
        .containsExactly("1:1: no such file (expected a YAML or JSON file)");
    assertThat(faults(directory))
        .containsExactly("1:1: is a directory (expected a YAML or JSON file)");
  }

  @Test
  void crlfFile_fault_hasItsLine() {
    assertThat(faults("state:\r\n  directory: a\r\n  dir: b\r\n" + ROUTES))
        .containsExactly("3:3: state.dir: unknown key (expected one of directory)");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%YAML 99999999999.1\n---\na: 1", "a: \"\\UFFFFFFFF\"", "!<%zz> a", "&a", "*"})
  void hostileSyntax_isAFault_notAnException(String text) {
    assertThat(faults(text)).isNotEmpty().allMatch(f -> f.matches("\\d+:\\d+: [^\\n]+"));
  }

  @Test
  void contentHash_isTheContents() throws IOException {
    Path one = Files.writeString(directory.resolve("1.yaml"), ROUTES);
    Path same = Files.writeString(directory.resolve("2.yaml"), ROUTES);
    Path other = Files.writeString(directory.resolve("3.yaml"), ROUTES + "# more\n");

    assertThat(hash(one)).isEqualTo(hash(same)).isNotEqualTo(hash(other)).hasSize(64);
  }

  private static String hash(Path file) {
    return ((ConfigResult.Loaded) ConfigLoader.load(file, name -> null)).contentHash();
  }

  private static SentinelConfig loaded(Path file) {
    ConfigResult result = ConfigLoader.load(file, CorpusTest.ENVIRONMENT::get);
    assertThat(result).isInstanceOf(ConfigResult.Loaded.class);
    return ((ConfigResult.Loaded) result).config();
  }

  private List<String> faults(String yaml) {
    try {
      return faults(Files.writeString(directory.resolve("c.yaml"), yaml));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static List<String> faults(Path file) {
    ConfigResult result = ConfigLoader.load(file, name -> null);
    if (result instanceof ConfigResult.Rejected rejected) {
      return rejected.faults().stream()
          .map(f -> f.toString().substring(f.file().length() + 1))
          .toList();
    }
    return List.of();
  }
}
