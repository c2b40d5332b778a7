package io.shadowsentinel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.shadowsentinel.tls.TlsMaterial;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.time.Duration;
import java.util.Map;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;

/**
 * Calls the admin API of a running instance. Blocks the caller; usable from any thread. Never
 * follows a redirect, which could carry the token elsewhere.
 */
public final class AdminClient {

  /** An action waits for the disk, for up to 60 s at the other end. */
  public static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(65);

  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
  private static final String[] PROTOCOLS = {"TLSv1.3", "TLSv1.2"};
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private final URI base;
  private final @Nullable String token;
  private final Duration timeout;
  private final HttpClient http;

  /**
   * @param base where the admin API is, {@code http} or {@code https} with a host; a path is kept
   * @param token shown with every call; null for none
   * @param timeout longest wait for an answer
   */
  public AdminClient(URI base, @Nullable String token, Duration timeout) {
    this(base, token, timeout, TlsMaterial.NONE);
  }

  /**
   * The same, with authorities or a certificate of its own.
   *
   * @param tls for {@code https}
   */
  public AdminClient(URI base, @Nullable String token, Duration timeout, TlsMaterial tls) {
    this.base = base;
    this.token = token;
    this.timeout = timeout;
    this.http =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT_TIMEOUT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .sslContext(tls.clientContext())
            .sslParameters(new SSLParameters(null, PROTOCOLS))
            .build();
  }

  /** All routes: an array. */
  public AdminReply routes() {
    return call(request("/api/v1/routes").GET());
  }

  /**
   * Does something to a route; answers the route as it then is.
   *
   * @param action {@code rollback}, {@code promote}, {@code pause}, {@code resume} or {@code
   *     restart}
   * @param reason for the decision log; may be empty
   */
  public AdminReply act(String route, String action, String reason) {
    String name = URLEncoder.encode(route, StandardCharsets.UTF_8).replace("+", "%20");
    HttpRequest.Builder request =
        request("/api/v1/routes/" + name + "/" + action)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body(reason)));
    return call(request);
  }

  private static String body(String reason) {
    try {
      return JSON.writeValueAsString(Map.of("reason", reason));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write a string as JSON", e);
    }
  }

  private HttpRequest.Builder request(String path) {
    String prefix = base.toString();
    String joined = (prefix.endsWith("/") ? prefix.substring(0, prefix.length() - 1) : prefix);
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(joined + path))
            .timeout(timeout)
            .header("Accept", "application/json, application/problem+json");
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private AdminReply call(HttpRequest.Builder request) {
    try {
      return read(http.send(request.build(), HttpResponse.BodyHandlers.ofString()));
    } catch (ConnectException e) {
      return unreachable("no instance answers there");
    } catch (SSLException e) {
      return unreachable("no secure connection: " + why(e));
    } catch (HttpTimeoutException e) {
      return unreachable("no answer in " + timeout.toSeconds() + " s");
    } catch (IOException e) {
      return unreachable(e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return unreachable("interrupted");
    }
  }

  /** What kept the two from trusting each other, and what may help. */
  private static String why(SSLException failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathBuilderException
          || cause instanceof CertPathValidatorException) {
        return "its certificate is not signed by an authority that is known here (see --ca)";
      }
    }
    Throwable deepest = failure;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return deepest.getMessage() == null ? "no reason given" : deepest.getMessage();
  }

  private AdminReply read(HttpResponse<String> response) {
    int status = response.statusCode();
    JsonNode body;
    try {
      body = JSON.readTree(response.body());
    } catch (JsonProcessingException e) {
      return notOurs(status);
    }
    if (status / 100 == 2 && body.isContainerNode()) {
      return new AdminReply.Ok(body);
    }
    if (status / 100 == 2 || !body.path("detail").isTextual()) {
      return notOurs(status);
    }
    return new AdminReply.Refusal(
        status,
        body.path("type").asText("about:blank"),
        body.path("detail").textValue(),
        body.path("state").textValue());
  }

  private AdminReply notOurs(int status) {
    return unreachable("status " + status + ", but not an answer of the admin API");
  }

  private AdminReply unreachable(String why) {
    return new AdminReply.Unreachable(base + ": " + why);
  }
}
