package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/**
 * A certificate authority that lives as long as a test: makes keys and signs certificates, so that
 * none lies in the repository and ends there. Thread-safe.
 */
public final class TestCa {
  private static final byte[] ECDSA_WITH_SHA256 = oid(0x2a, 0x86, 0x48, 0xce, 0x3d, 4, 3, 2);
  private static final byte[] COMMON_NAME = oid(0x55, 4, 3);
  private static final byte[] ALTERNATIVE_NAMES = oid(0x55, 0x1d, 0x11);
  private static final byte[] BASIC_CONSTRAINTS = oid(0x55, 0x1d, 0x13);
  private static final AtomicLong SERIAL = new AtomicLong(1);
  private static final char[] PASSWORD = "test".toCharArray();

  private final String name;
  private final KeyPair keys;
  private final List<X509Certificate> chain;

  private TestCa(String name, KeyPair keys, List<X509Certificate> chain) {
    this.name = name;
    this.keys = keys;
    this.chain = chain;
  }

  /** An authority that has signed itself. */
  public static TestCa create(String name) {
    KeyPair keys = keyPair(false);
    X509Certificate own =
        sign(name, keys.getPrivate(), new Wanted(name).withKeys(keys).isAuthority());
    return new TestCa(name, keys, List.of(own));
  }

  /** An authority below this one. */
  public TestCa intermediate(String below) {
    KeyPair made = keyPair(false);
    X509Certificate own =
        sign(name, keys.getPrivate(), new Wanted(below).withKeys(made).isAuthority());
    List<X509Certificate> all = new ArrayList<>(List.of(own));
    // The root is for the other end to have.
    all.addAll(chain.subList(0, chain.size() - 1));
    return new TestCa(below, made, List.copyOf(all));
  }

  /** The certificate of this authority, PEM. */
  public String pem() {
    return pem(chain.subList(0, 1));
  }

  /** Writes {@link #pem} to a file. */
  public Path write(Path file) {
    return put(file, pem());
  }

  /**
   * What a certificate should be like; for {@code localhost}, EC, and from yesterday to tomorrow.
   */
  public static final class Wanted {
    private final String subject;
    private final List<String> names = new ArrayList<>();
    private Instant from = Instant.now().minus(Duration.ofDays(1));
    private Instant until = Instant.now().plus(Duration.ofDays(1));
    private boolean rsa;
    private boolean authority;
    private @Nullable KeyPair keys;

    public Wanted(String subject) {
      this.subject = subject;
    }

    /** For these host names and IPv4 addresses. */
    public Wanted named(String... all) {
      names.addAll(List.of(all));
      return this;
    }

    public Wanted rsa() {
      rsa = true;
      return this;
    }

    public Wanted valid(Instant begin, Instant end) {
      from = begin;
      until = end;
      return this;
    }

    /** Ended an hour ago. */
    public Wanted expired() {
      return valid(
          Instant.now().minus(Duration.ofDays(2)), Instant.now().minus(Duration.ofHours(1)));
    }

    private Wanted isAuthority() {
      authority = true;
      return this;
    }

    private Wanted withKeys(KeyPair given) {
      keys = given;
      return this;
    }
  }

  /** A certificate, its chain and its key. */
  public record Issued(List<X509Certificate> chain, PrivateKey key) {
    public String chainPem() {
      return TestCa.pem(chain);
    }

    /** PKCS#8, in the clear. */
    public String keyPem() {
      return TestCa.pem("PRIVATE KEY", key.getEncoded());
    }

    /** Writes {@code NAME.pem} and {@code NAME.key}, each in one step, the key first. */
    public Written write(Path directory, String fileName) {
      Path keyFile = put(directory.resolve(fileName + ".key"), keyPem());
      return new Written(put(directory.resolve(fileName + ".pem"), chainPem()), keyFile);
    }

    /** A context that shows this and trusts these authorities; none trusts nobody. */
    public SSLContext context(TestCa... trusted) {
      return TestCa.context(this, trusted);
    }
  }

  /** Where a certificate and its key are. */
  public record Written(Path cert, Path key) {}

  /** Signs a certificate for {@code localhost} and {@code 127.0.0.1}. */
  public Issued issue() {
    return issue(new Wanted("localhost").named("localhost", "127.0.0.1"));
  }

  /** Signs a certificate. */
  public Issued issue(Wanted wanted) {
    KeyPair made = keyPair(wanted.rsa);
    List<X509Certificate> all = new ArrayList<>();
    all.add(sign(name, keys.getPrivate(), wanted.withKeys(made)));
    all.addAll(
        chain.get(0).getIssuerX500Principal().equals(chain.get(0).getSubjectX500Principal())
            ? List.of()
            : chain);
    return new Issued(List.copyOf(all), made.getPrivate());
  }

  /** A context that shows nothing and trusts these authorities. */
  public static SSLContext trusting(TestCa... trusted) {
    return context(null, trusted);
  }

  private static SSLContext context(@Nullable Issued own, TestCa... trusted) {
    try {
      KeyStore trust = KeyStore.getInstance("PKCS12");
      trust.load(null, null);
      for (TestCa ca : trusted) {
        trust.setCertificateEntry("ca-" + trust.size(), ca.chain.get(0));
      }
      TrustManagerFactory trustManagers = TrustManagerFactory.getInstance("PKIX");
      trustManagers.init(trust);
      KeyManagerFactory keyManagers = KeyManagerFactory.getInstance("SunX509");
      KeyStore store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      if (own != null) {
        store.setKeyEntry("own", own.key(), PASSWORD, own.chain().toArray(X509Certificate[]::new));
      }
      keyManagers.init(store, PASSWORD);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(
          own == null ? null : keyManagers.getKeyManagers(),
          trustManagers.getTrustManagers(),
          null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyPair keyPair(boolean rsa) {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance(rsa ? "RSA" : "EC");
      if (rsa) {
        generator.initialize(2048);
      } else {
        generator.initialize(new ECGenParameterSpec("secp256r1"));
      }
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  // X.509, RFC 5280, in as much of DER as it takes

  private static X509Certificate sign(String issuer, PrivateKey by, Wanted wanted) {
    byte[] algorithm = der(0x30, ECDSA_WITH_SHA256);
    byte[] signed =
        der(
            0x30,
            der(0xa0, der(0x02, new byte[] {2})),
            der(0x02, BigInteger.valueOf(SERIAL.getAndIncrement()).toByteArray()),
            algorithm,
            name(issuer),
            der(0x30, time(wanted.from), time(wanted.until)),
            name(wanted.subject),
            wanted.keys.getPublic().getEncoded(),
            der(0xa3, der(0x30, extensions(wanted))));
    try {
      Signature signature = Signature.getInstance("SHA256withECDSA");
      signature.initSign(by);
      signature.update(signed);
      byte[] certificate = der(0x30, signed, algorithm, bits(signature.sign()));
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(certificate));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static byte[] extensions(Wanted wanted) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    byte[] constraints =
        wanted.authority ? der(0x30, der(0x01, new byte[] {(byte) 0xff})) : der(0x30);
    all.writeBytes(der(0x30, BASIC_CONSTRAINTS, der(0x04, constraints)));
    if (!wanted.names.isEmpty()) {
      byte[][] names = wanted.names.stream().map(TestCa::alternativeName).toArray(byte[][]::new);
      all.writeBytes(der(0x30, ALTERNATIVE_NAMES, der(0x04, der(0x30, names))));
    }
    return all.toByteArray();
  }

  private static byte[] alternativeName(String host) {
    if (!host.matches("[0-9.]+")) {
      return der(0x82, host.getBytes(US_ASCII));
    }
    byte[] address = new byte[4];
    String[] parts = host.split("\\.");
    for (int i = 0; i < 4; i++) {
      address[i] = (byte) Integer.parseInt(parts[i]);
    }
    return der(0x87, address);
  }

  private static byte[] name(String commonName) {
    byte[] attribute = der(0x30, COMMON_NAME, der(0x0c, commonName.getBytes(UTF_8)));
    return der(0x30, der(0x31, attribute));
  }

  private static byte[] time(Instant at) {
    String text =
        DateTimeFormatter.ofPattern("yyyyMMddHHmmss'Z'").withZone(ZoneOffset.UTC).format(at);
    return der(0x18, text.getBytes(US_ASCII));
  }

  private static byte[] bits(byte[] content) {
    return der(0x03, new byte[] {0}, content);
  }

  private static byte[] oid(int... content) {
    byte[] bytes = new byte[content.length];
    for (int i = 0; i < content.length; i++) {
      bytes[i] = (byte) content[i];
    }
    return der(0x06, bytes);
  }

  private static byte[] der(int tag, byte[]... parts) {
    int length = Arrays.stream(parts).mapToInt(part -> part.length).sum();
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.write(tag);
    if (length > 0xff) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length > 0x7f) {
      out.write(0x81);
    }
    out.write(length);
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  private static String pem(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(pem("CERTIFICATE", certificate.getEncoded()));
      } catch (GeneralSecurityException e) {
        throw new AssertionError(e);
      }
    }
    return text.toString();
  }

  /** Bytes as a PEM block. */
  public static String pem(String label, byte[] der) {
    String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
    return "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
  }

  /** Writes a file so that it is there as a whole, or as it was before. */
  public static Path put(Path file, String content) {
    try {
      Path part = file.resolveSibling(file.getFileName() + ".part");
      Files.writeString(part, content);
      return Files.move(
          part, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
