package io.shadowsentinel.tls;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The files that one end of a connection is secured with, as the config names them. */
public sealed interface TlsSettings permits Tls, ClientTls {

  /** Its own certificate chain, PEM; null when it shows none. */
  @Nullable Path cert();

  /** The private key of that, PEM; null exactly when {@link #cert} is. */
  @Nullable Path key();

  /**
   * PEM file with the authorities, one of which must have signed the other end's certificate. Null
   * leaves it to the end: a listener then asks for none, a client trusts those of the JVM.
   */
  @Nullable Path authorities();
}
