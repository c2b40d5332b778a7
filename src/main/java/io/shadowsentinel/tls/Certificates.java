package io.shadowsentinel.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.shadowsentinel.tls.TlsFault.Part;
import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Makes certificates and keys of {@link TlsFiles}, or tells what keeps them from being ones. */
final class Certificates {
  private static final byte[] PROBE = "shadow-sentinel".getBytes(US_ASCII);

  private Certificates() {}

  /** A chain: valid now, and each signed by the next. */
  static List<X509Certificate> chain(TlsFiles files, Instant now) throws TlsFault {
    List<X509Certificate> chain = certificates(files, Part.CERT);
    for (X509Certificate certificate : chain) {
      String stale = stale(certificate, now);
      if (stale != null) {
        throw files.fault(Part.CERT, "whose certificate " + stale, "one that is valid now");
      }
    }
    for (int i = 1; i < chain.size(); i++) {
      if (!chain
          .get(i - 1)
          .getIssuerX500Principal()
          .equals(chain.get(i).getSubjectX500Principal())) {
        throw files.fault(
            Part.CERT,
            "whose certificate " + (i + 1) + " has not signed the one before it",
            "the own certificate first, each followed by the one that signed it");
      }
    }
    return chain;
  }

  /** Authorities, of which at least one is valid now. */
  static List<X509Certificate> authorities(TlsFiles files, Instant now) throws TlsFault {
    List<X509Certificate> authorities = certificates(files, Part.AUTHORITIES);
    if (authorities.stream().allMatch(each -> stale(each, now) != null)) {
      throw files.fault(
          Part.AUTHORITIES,
          "whose certificate " + stale(authorities.get(0), now),
          "at least one that is valid now");
    }
    return authorities;
  }

  private static @Nullable String stale(X509Certificate certificate, Instant now) {
    Instant notAfter = certificate.getNotAfter().toInstant();
    Instant notBefore = certificate.getNotBefore().toInstant();
    if (now.isAfter(notAfter)) {
      return "expired at " + notAfter;
    }
    return now.isBefore(notBefore) ? "is not valid before " + notBefore : null;
  }

  private static List<X509Certificate> certificates(TlsFiles files, Part part) throws TlsFault {
    List<X509Certificate> certificates = new ArrayList<>();
    for (Pem.Block block : blocks(files, part)) {
      if (block.label().equals("CERTIFICATE")) {
        try {
          certificates.add(
              (X509Certificate)
                  CertificateFactory.getInstance("X.509")
                      .generateCertificate(new ByteArrayInputStream(block.der())));
        } catch (CertificateException notOne) {
          throw files.fault(
              part,
              "whose certificate " + (certificates.size() + 1) + " cannot be decoded",
              "X.509 certificates in PEM");
        }
      }
    }
    if (certificates.isEmpty()) {
      throw files.fault(
          part, "which holds no certificate", "a PEM file with -----BEGIN CERTIFICATE-----");
    }
    return certificates;
  }

  /**
   * The one private key.
   *
   * @param owner the certificate that it must belong to; null when that is not known
   */
  static PrivateKey key(TlsFiles files, @Nullable X509Certificate owner) throws TlsFault {
    List<Pem.Block> keys =
        blocks(files, Part.KEY).stream()
            .filter(block -> block.label().endsWith("PRIVATE KEY"))
            .toList();
    if (keys.size() != 1) {
      throw files.fault(
          Part.KEY,
          keys.isEmpty() ? "which holds no private key" : "which holds " + keys.size() + " keys",
          "a PEM file with one -----BEGIN PRIVATE KEY-----");
    }
    if (keys.get(0).encrypted() || keys.get(0).label().startsWith("ENCRYPTED")) {
      throw files.fault(
          Part.KEY,
          "which is encrypted",
          "a key without a passphrase, as openssl pkey -in FILE writes it");
    }
    PrivateKey key;
    try {
      key = PrivateKeys.read(keys.get(0));
    } catch (GeneralSecurityException notOne) {
      throw files.fault(
          Part.KEY, "whose key cannot be decoded", "an RSA or EC key, PKCS#8, PKCS#1 or SEC1");
    }
    if (owner != null && !belongs(key, owner.getPublicKey())) {
      throw files.fault(
          Part.KEY,
          "which is not the key of the certificate in " + files.file(Part.CERT),
          "the private key of that");
    }
    return key;
  }

  private static List<Pem.Block> blocks(TlsFiles files, Part part) throws TlsFault {
    byte[] content = files.content(part);
    try {
      return Pem.blocks(content);
    } catch (IllegalArgumentException broken) {
      throw files.fault(part, "which is damaged", "a PEM file");
    }
  }

  /** What the one signs, the other verifies. */
  private static boolean belongs(PrivateKey key, PublicKey publicKey) {
    if (!key.getAlgorithm().equals(publicKey.getAlgorithm())) {
      return false;
    }
    try {
      String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
      Signature signer = Signature.getInstance(algorithm);
      signer.initSign(key);
      signer.update(PROBE);
      byte[] signature = signer.sign();
      Signature verifier = Signature.getInstance(algorithm);
      verifier.initVerify(publicKey);
      verifier.update(PROBE);
      return verifier.verify(signature);
    } catch (GeneralSecurityException noPair) {
      return false;
    }
  }
}
