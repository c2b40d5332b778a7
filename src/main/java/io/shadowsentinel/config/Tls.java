package io.shadowsentinel.config;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * The TLS side of a listener. The files were there and readable when the config was loaded.
 *
 * @param cert the certificate chain, PEM
 * @param key its private key, PEM
 * @param clientCa authorities, PEM, one of which must have signed a client's certificate; null asks
 *     clients for none
 */
public record Tls(Path cert, Path key, @Nullable Path clientCa) {}
