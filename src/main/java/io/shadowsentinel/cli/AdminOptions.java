package io.shadowsentinel.cli;

import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Where a running instance is, and what is shown to it. A picocli mixin. */
public final class AdminOptions {
  static final String DEFAULT_URL = "http://127.0.0.1:9090";

  @Spec(Spec.Target.MIXEE)
  private @Nullable CommandSpec command;

  @Option(
      names = "--admin",
      paramLabel = "URL",
      defaultValue = DEFAULT_URL,
      description = "The admin API of the running instance (default: ${DEFAULT-VALUE}).")
  private String admin = DEFAULT_URL;

  @Option(
      names = "--token-file",
      paramLabel = "FILE",
      description =
          "A file that holds the admin token; else the variable "
              + AdminConfig.TOKEN_VARIABLE
              + ".")
  private @Nullable Path tokenFile;

  @Option(
      names = "--ca",
      paramLabel = "FILE",
      description = "Authorities, PEM, for an https:// admin API; else those that the JVM knows.")
  private @Nullable Path ca;

  @Option(
      names = "--cert",
      paramLabel = "FILE",
      description = "A certificate to show, PEM, where admin.tls.clientCa asks for one.")
  private @Nullable Path cert;

  @Option(names = "--key", paramLabel = "FILE", description = "The private key of --cert, PEM.")
  private @Nullable Path key;

  /** Gives a variable of the environment, or null; tests put their own here. */
  UnaryOperator<@Nullable String> environment = System::getenv;

  /**
   * A client for the instance that is meant.
   *
   * @throws ParameterException when an option, the file or the variable is not usable
   */
  public AdminClient client() {
    URI url = url();
    return new AdminClient(url, token(), AdminClient.DEFAULT_TIMEOUT, tls(url));
  }

  private TlsMaterial tls(URI url) {
    if ((cert == null) != (key == null)) {
      throw bad("--cert and --key: one of the two (expected both, or neither)");
    }
    if ((ca != null || cert != null) && !"https".equalsIgnoreCase(url.getScheme())) {
      throw bad("--admin: " + admin + " (expected https://HOST:PORT with --ca or --cert)");
    }
    try {
      return TlsMaterial.load(new ClientTls(ca, cert, key, null, true), Instant.now());
    } catch (TlsFault fault) {
      String option =
          switch (fault.part()) {
            case CERT -> "--cert: ";
            case KEY -> "--key: ";
            case AUTHORITIES -> "--ca: ";
          };
      throw bad(option + fault.getMessage());
    }
  }

  private URI url() {
    try {
      URI url = new URI(admin);
      boolean web =
          "http".equalsIgnoreCase(url.getScheme()) || "https".equalsIgnoreCase(url.getScheme());
      if (web
          && url.getHost() != null
          && url.getRawQuery() == null
          && url.getRawFragment() == null
          && url.getRawUserInfo() == null) {
        return url;
      }
    } catch (URISyntaxException e) {
      throw bad("--admin: " + admin + ": " + e.getReason() + " (expected http[s]://HOST:PORT)");
    }
    throw bad("--admin: " + admin + " (expected http[s]://HOST:PORT)");
  }

  private @Nullable String token() {
    if (tokenFile != null) {
      return checked("--token-file: " + tokenFile, read(tokenFile).strip());
    }
    String variable = environment.apply(AdminConfig.TOKEN_VARIABLE);
    return variable == null || variable.isEmpty()
        ? null
        : checked(AdminConfig.TOKEN_VARIABLE, variable);
  }

  private String read(Path file) {
    try {
      return Files.readString(file);
    } catch (NoSuchFileException e) {
      throw bad("--token-file: " + file + ": no such file");
    } catch (MalformedInputException e) {
      throw bad("--token-file: " + file + ": not text in UTF-8");
    } catch (IOException e) {
      throw bad("--token-file: " + file + ": cannot be read: " + e.getClass().getSimpleName());
    }
  }

  /** What is not visible ASCII cannot be sent, and is not repeated here: it is a secret. */
  private String checked(String where, String token) {
    if (token.isEmpty() || !token.chars().allMatch(c -> c > 0x20 && c < 0x7f)) {
      throw bad(where + ": no token (expected one line of visible ASCII without blanks)");
    }
    return token;
  }

  private ParameterException bad(String message) {
    if (command == null) {
      throw new IllegalStateException("not mixed into a command; " + message);
    }
    return new ParameterException(command.commandLine(), message);
  }
}
