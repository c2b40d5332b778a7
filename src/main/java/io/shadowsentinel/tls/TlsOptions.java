package io.shadowsentinel.tls;

import io.vertx.core.http.ClientAuth;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import io.vertx.core.net.ServerSSLOptions;
import io.vertx.core.net.TrustOptions;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * {@link TlsMaterial} as Vert.x wants it. Options of the same material are equal, which is what
 * Vert.x keeps its contexts and sessions by.
 */
public final class TlsOptions {
  /** All that is spoken, by listeners and clients. */
  public static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  /**
   * What a listener takes: keys that are gone when the connection is, and ciphers that notice every
   * changed bit. All clients of the last ten years have one of them.
   */
  static final List<String> SUITES = suites();

  /** Vert.x's names for looking at the host name, and for not doing so. */
  private static final String VERIFY_HOST = "HTTPS";

  private static final String VERIFY_NOTHING = "";

  private TlsOptions() {}

  private static List<String> suites() {
    try {
      String[] all = SSLContext.getDefault().getDefaultSSLParameters().getCipherSuites();
      return Arrays.stream(all).filter(TlsOptions::isSound).toList();
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  private static boolean isSound(String suite) {
    boolean authenticated = suite.contains("_GCM_") || suite.contains("_CHACHA20_");
    // The names of TLS 1.3 tell no key exchange: all have one.
    return authenticated && (suite.startsWith("TLS_ECDHE_") || !suite.contains("_WITH_"));
  }

  /**
   * For a listener. With authorities it insists on a client's certificate.
   *
   * @param http2 true offers HTTP/2 beside HTTP/1.1, by ALPN
   */
  static ServerSSLOptions server(TlsMaterial material, boolean http2) {
    ServerSSLOptions options = new ServerSSLOptions();
    secure(options, material);
    SUITES.forEach(options::addEnabledCipherSuite);
    return options.setUseAlpn(http2).setClientAuth(clientAuth(material));
  }

  static ClientAuth clientAuth(TlsMaterial material) {
    return material.trust() == null ? ClientAuth.NONE : ClientAuth.REQUIRED;
  }

  /** For a client. Whether it offers HTTP/2 is its own to say. */
  public static ClientSSLOptions client(ClientTls tls, TlsMaterial material) {
    ClientSSLOptions options = new ClientSSLOptions();
    secure(options, material);
    return options
        .setTrustAll(!tls.verify())
        .setHostnameVerificationAlgorithm(tls.verify() ? VERIFY_HOST : VERIFY_NOTHING);
  }

  private static void secure(SSLOptions options, TlsMaterial material) {
    options.setEnabledSecureTransportProtocols(PROTOCOLS);
    KeyManagerFactory keys = material.keys();
    if (keys != null) {
      options.setKeyCertOptions(KeyCertOptions.wrap(keys));
    }
    TrustManagerFactory trust = material.trust();
    if (trust != null) {
      options.setTrustOptions(TrustOptions.wrap(trust));
    }
  }
}
