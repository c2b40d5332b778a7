package io.shadowsentinel.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * How connections to a server are secured.
 *
 * @param ca authorities, PEM, one of which must have signed the server's certificate; null trusts
 *     those of the JVM
 * @param cert a certificate chain to show to servers that ask for one, PEM; null shows none
 * @param key its private key, PEM, not encrypted; null exactly when {@code cert} is
 * @param serverName the name that is asked for (SNI) and that the certificate must be for; null
 *     takes the host of the URL
 * @param verify false takes any certificate, of anyone
 */
public record ClientTls(
    @Nullable Path ca,
    @Nullable Path cert,
    @Nullable Path key,
    @Nullable String serverName,
    boolean verify)
    implements TlsSettings {

  /** Verified against the JVM's authorities, for the host of the URL. */
  public static final ClientTls DEFAULTS = new ClientTls(null, null, null, null, true);

  @Override
  public @Nullable Path authorities() {
    return ca;
  }
}
