package io.shadowsentinel.tls;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * What the files of a {@link TlsSettings} held when they were read: found whole, valid and fitting
 * each other. Immutable; any thread. Two are equal only when they are the same object.
 */
public final class TlsMaterial {
  /** Of settings that name no file. */
  public static final TlsMaterial NONE = new TlsMaterial("", null, null, List.of());

  /** Guards nothing: the store is never written anywhere. */
  private static final char[] PASSWORD = "in-memory".toCharArray();

  private final String digest;
  private final @Nullable KeyManagerFactory keys;
  private final @Nullable TrustManagerFactory trust;
  private final List<X509Certificate> chain;

  private TlsMaterial(
      String digest,
      @Nullable KeyManagerFactory keys,
      @Nullable TrustManagerFactory trust,
      List<X509Certificate> chain) {
    this.digest = digest;
    this.keys = keys;
    this.trust = trust;
    this.chain = chain;
  }

  /**
   * Reads the files. Blocks.
   *
   * @param now what certificates must be valid at
   * @throws TlsFault the first thing that is wrong with them
   */
  public static TlsMaterial load(TlsSettings settings, Instant now) throws TlsFault {
    return of(TlsFiles.read(settings), now);
  }

  /**
   * Everything that is wrong with the files, one fault for each at the most; empty when they can be
   * loaded. Blocks.
   */
  public static List<TlsFault> faults(TlsSettings settings, Instant now) {
    TlsFiles files = TlsFiles.read(settings);
    List<TlsFault> faults = new ArrayList<>();
    if (files.has(TlsFault.Part.CERT)) {
      X509Certificate[] owner = new X509Certificate[1];
      collect(faults, () -> owner[0] = Certificates.chain(files, now).get(0));
      collect(faults, () -> Certificates.key(files, owner[0]));
    }
    if (files.has(TlsFault.Part.AUTHORITIES)) {
      collect(faults, () -> Certificates.authorities(files, now));
    }
    if (faults.isEmpty()) {
      collect(faults, () -> of(files, now));
    }
    return faults;
  }

  private interface Check {
    Object run() throws TlsFault;
  }

  private static void collect(List<TlsFault> faults, Check check) {
    try {
      Object unused = check.run();
    } catch (TlsFault fault) {
      faults.add(fault);
    }
  }

  static TlsMaterial of(TlsFiles files, Instant now) throws TlsFault {
    KeyManagerFactory keys = null;
    TrustManagerFactory trust = null;
    List<X509Certificate> chain = List.of();
    if (files.has(TlsFault.Part.CERT)) {
      chain = Certificates.chain(files, now);
      keys = keys(files, Certificates.key(files, chain.get(0)), chain);
    }
    if (files.has(TlsFault.Part.AUTHORITIES)) {
      trust = trust(files, Certificates.authorities(files, now));
    }
    return keys == null && trust == null
        ? NONE
        : new TlsMaterial(files.digest(), keys, trust, chain);
  }

  private static KeyManagerFactory keys(TlsFiles files, PrivateKey key, List<X509Certificate> chain)
      throws TlsFault {
    try {
      KeyStore store = emptyStore();
      store.setKeyEntry("own", key, PASSWORD, chain.toArray(X509Certificate[]::new));
      KeyManagerFactory keys =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keys.init(store, PASSWORD);
      return keys;
    } catch (GeneralSecurityException | IOException e) {
      throw files.fault(
          TlsFault.Part.CERT, "which Java does not take: " + e.getMessage(), "X.509 certificates");
    }
  }

  private static TrustManagerFactory trust(TlsFiles files, List<X509Certificate> authorities)
      throws TlsFault {
    try {
      KeyStore store = emptyStore();
      for (X509Certificate authority : authorities) {
        store.setCertificateEntry("authority-" + store.size(), authority);
      }
      TrustManagerFactory trust =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trust.init(store);
      return trust;
    } catch (GeneralSecurityException | IOException e) {
      throw files.fault(
          TlsFault.Part.AUTHORITIES,
          "which Java does not take: " + e.getMessage(),
          "X.509 certificates");
    }
  }

  private static KeyStore emptyStore() throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    return store;
  }

  /** For a client that is not Vert.x's; the JVM's own where no file is named. */
  public SSLContext clientContext() {
    try {
      if (keys == null && trust == null) {
        return SSLContext.getDefault();
      }
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          keys == null ? null : keys.getKeyManagers(),
          trust == null ? null : trust.getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java has TLS", e);
    }
  }

  @Nullable KeyManagerFactory keys() {
    return keys;
  }

  @Nullable TrustManagerFactory trust() {
    return trust;
  }

  /** The same for the same content, and for that only. */
  String digest() {
    return digest;
  }

  /** When the first certificate of the own chain ends; null when there is no chain. */
  public @Nullable Instant expiresAt() {
    return chain.stream()
        .map(certificate -> certificate.getNotAfter().toInstant())
        .min(Comparator.naturalOrder())
        .orElse(null);
  }

  /** Whom the own certificate is for, and until when; nothing secret. */
  @Override
  public String toString() {
    return chain.isEmpty()
        ? "no certificate"
        : chain.get(0).getSubjectX500Principal().getName() + ", valid until " + expiresAt();
  }
}
