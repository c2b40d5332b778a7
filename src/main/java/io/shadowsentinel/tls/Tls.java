package io.shadowsentinel.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How a listener is secured.
 *
 * @param cert the certificate chain, PEM, the listener's own first
 * @param key its private key, PEM, not encrypted
 * @param clientCa authorities, PEM, one of which must have signed a client's certificate; null asks
 *     clients for none
 */
public record Tls(Path cert, Path key, @Nullable Path clientCa) implements TlsSettings {
  @Override
  public @Nullable Path authorities() {
    return clientCa;
  }
}
