package io.shadowsentinel.proxy;

import java.nio.file.Path;

/** Certificates for tests. */
final class TlsFiles {
  static final ProxySettings.Tls LOCALHOST =
      new ProxySettings.Tls(
          Path.of("src/test/resources/tls/localhost.pem"),
          Path.of("src/test/resources/tls/localhost-key.pem"),
          null);

  private TlsFiles() {}
}
