package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.admin.AdminFixture;
import io.shadowsentinel.admin.DecisionStandIn;
import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Written;
import io.shadowsentinel.tls.Tls;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The commands against an admin port with TLS: whom they trust, what they show, how they exit. */
class AdminCommandsTlsIT {
  private static final TestCa CA = TestCa.create("Test CA");
  private static final TestCa OTHER = TestCa.create("Test CA");

  @TempDir private Path directory;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();
  private AdminFixture admin;

  @AfterEach
  void close() throws Exception {
    if (admin != null) {
      admin.close();
    }
  }

  private void open(boolean mutual) throws Exception {
    Written server = CA.issue().write(directory, "server");
    Path ca = CA.write(directory.resolve("ca.pem"));
    OTHER.write(directory.resolve("other-ca.pem"));
    CA.issue(new TestCa.Wanted("operator")).write(directory, "operator");
    OTHER.issue(new TestCa.Wanted("operator")).write(directory, "stranger");
    admin =
        new AdminFixture(
            "0123456789abcdef", new Tls(server.cert(), server.key(), mutual ? ca : null));
    admin
        .decisions
        .with(DecisionStandIn.shadowing("digits", DecisionStandIn.evidence(150, 9)))
        .start();
  }

  private int run(String... arguments) {
    List<String> all = new ArrayList<>(List.of(arguments));
    all.replaceAll(argument -> argument.replace("DIR", directory.toString()));
    return Commands.line()
        .setOut(new PrintWriter(out))
        .setErr(new PrintWriter(err))
        .setParameterExceptionHandler(CommandFaults::badUsage)
        .execute(all.toArray(String[]::new));
  }

  private String url() {
    return "https://localhost:" + admin.port();
  }

  @Test
  void status_withTheAuthority_isShown() throws Exception {
    open(false);

    assertThat(run("status", "--admin", url(), "--ca", "DIR/ca.pem")).isZero();
    assertThat(out.toString()).contains("digits  SHADOWING");
    assertThat(err.toString()).isEmpty();
  }

  @Test
  void verb_withTheAuthorityAndTheToken_isDone() throws Exception {
    open(false);
    TestCa.put(directory.resolve("token"), "0123456789abcdef\n");

    assertThat(
            run(
                "rollback",
                "digits",
                "--admin",
                url(),
                "--ca",
                "DIR/ca.pem",
                "--token-file",
                "DIR/token"))
        .isZero();
    assertThat(
            run(
                "--force-rollback",
                "--admin",
                url(),
                "--ca",
                "DIR/ca.pem",
                "--token-file",
                "DIR/token"))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({"''", "DIR/other-ca.pem"})
  void server_thatIsNotTrusted_exits3_andNamesTheOption(String ca) throws Exception {
    open(false);
    int exit =
        ca.isEmpty()
            ? run("status", "--admin", url())
            : run("status", "--admin", url(), "--ca", ca);

    assertThat(exit).isEqualTo(3);
    assertThat(err.toString().lines())
        .containsExactly(
            "status: "
                + url()
                + ": no secure connection: its certificate is not signed by an authority that is"
                + " known here (see --ca)");
  }

  @Test
  void server_ofAnotherName_exits3() throws Exception {
    Written server =
        CA.issue(new TestCa.Wanted("other").named("other.internal")).write(directory, "server");
    Path ca = CA.write(directory.resolve("ca.pem"));
    admin = new AdminFixture(null, new Tls(server.cert(), server.key(), null));

    assertThat(run("status", "--admin", url(), "--ca", ca.toString())).isEqualTo(3);
    assertThat(err.toString()).contains("no secure connection").contains("localhost");
  }

  @Test
  void clientCertificate_isShown_whereItIsAskedFor() throws Exception {
    open(true);

    assertThat(
            run(
                "status",
                "--admin",
                url(),
                "--ca",
                "DIR/ca.pem",
                "--cert",
                "DIR/operator.pem",
                "--key",
                "DIR/operator.key"))
        .isZero();
  }

  @ParameterizedTest
  @CsvSource({"''", "stranger"})
  void caller_withoutAGoodCertificate_exits3(String name) throws Exception {
    open(true);
    int exit =
        name.isEmpty()
            ? run("status", "--admin", url(), "--ca", "DIR/ca.pem")
            : run(
                "status",
                "--admin",
                url(),
                "--ca",
                "DIR/ca.pem",
                "--cert",
                "DIR/" + name + ".pem",
                "--key",
                "DIR/" + name + ".key");

    assertThat(exit).isEqualTo(3);
    assertThat(err.toString().lines()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--ca DIR/no.pem                          | --ca: DIR/no.pem, which cannot be read",
        "--ca DIR/server.key                      | --ca: DIR/server.key, which holds no certificate",
        "--cert DIR/server.pem                    | --cert and --key: one of the two",
        "--key DIR/server.key                     | --cert and --key: one of the two",
        "--cert DIR/operator.pem --key DIR/server.key | --key: DIR/server.key, which is not the key",
      })
  void options_thatWillNotDo_exit2(String options, String complaint) throws Exception {
    open(false);
    List<String> all = new ArrayList<>(List.of("status", "--admin", url()));
    all.addAll(List.of(options.split(" ")));

    assertThat(run(all.toArray(String[]::new))).isEqualTo(2);
    assertThat(err.toString()).startsWith(complaint.replace("DIR", directory.toString()));
  }

  @Test
  void authority_forPlainHttp_exits2() throws Exception {
    open(false);

    assertThat(run("status", "--admin", "http://localhost:1", "--ca", "DIR/ca.pem")).isEqualTo(2);
    assertThat(err.toString())
        .startsWith("--admin: http://localhost:1 (expected https://HOST:PORT with --ca or --cert)");
  }
}
