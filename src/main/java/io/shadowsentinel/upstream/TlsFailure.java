package io.shadowsentinel.upstream;

import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertPathValidatorException.BasicReason;
import java.security.cert.CertificateException;
import java.util.Set;
import javax.net.ssl.SSLException;

/**
 * An upstream was reached, and no secure connection came of it. Nothing of a request was sent.
 *
 * <p>The message is for users: it says what kind of fault it is, and nothing of certificates, names
 * or authorities. Those are in the cause.
 */
public final class TlsFailure extends Exception {
  private static final long serialVersionUID = 1L;

  private static final String UNTRUSTED = "its certificate is not signed by a trusted authority";
  private static final Set<CertPathValidatorException.Reason> STALE =
      Set.of(BasicReason.EXPIRED, BasicReason.NOT_YET_VALID);

  private TlsFailure(String message, Throwable cause) {
    super(message, cause);
  }

  /** The failure as it is to be told; {@code failure} itself when it has nothing to do with TLS. */
  static Throwable of(Throwable failure) {
    boolean handshake = false;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CertPathValidatorException invalid) {
        return new TlsFailure(
            STALE.contains(invalid.getReason()) ? "its certificate is not valid now" : UNTRUSTED,
            failure);
      }
      if (cause instanceof CertPathBuilderException) {
        return new TlsFailure(UNTRUSTED, failure);
      }
      if (cause instanceof CertificateException && cause.getCause() == null) {
        boolean name = String.valueOf(cause.getMessage()).startsWith("No ");
        return new TlsFailure(
            name ? "its certificate is for another name" : "its certificate was not accepted",
            failure);
      }
      handshake |= cause instanceof SSLException;
    }
    return handshake ? new TlsFailure("the TLS handshake failed", failure) : failure;
  }

  /** What a user is told of a failed connection to the champion. */
  public static String detail(Throwable failure, String otherwise) {
    return failure instanceof TlsFailure
        ? "no secure connection to the champion's upstream: " + failure.getMessage()
        : otherwise;
  }

  /** What the cause says, in one line, for the log. */
  String why() {
    Throwable deepest = this;
    while (deepest.getCause() != null) {
      deepest = deepest.getCause();
    }
    return String.valueOf(deepest.getMessage()).replaceAll("\\s+", " ");
  }
}
