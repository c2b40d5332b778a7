package io.shadowsentinel.tls;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Arrays;
import java.util.List;

/**
 * Reads private keys: PKCS#8, and the traditional forms of RSA (PKCS#1) and EC (SEC1) keys, which
 * are put into the PKCS#8 that Java wants. Pure.
 */
final class PrivateKeys {
  private static final List<String> ALGORITHMS = List.of("RSA", "EC");

  private static final byte[] VERSION_0 = {0x02, 0x01, 0x00};

  /** The algorithm {@code rsaEncryption} with its NULL parameter. */
  private static final byte[] RSA_ENCRYPTION = {
    0x30,
    0x0d,
    0x06,
    0x09,
    0x2a,
    (byte) 0x86,
    0x48,
    (byte) 0x86,
    (byte) 0xf7,
    0x0d,
    0x01,
    0x01,
    0x01,
    0x05,
    0x00
  };

  /** The object identifier {@code id-ecPublicKey}. */
  private static final byte[] EC_PUBLIC_KEY = {
    0x06, 0x07, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 0x02, 0x01
  };

  private static final int SEQUENCE = 0x30;
  private static final int OCTET_STRING = 0x04;
  private static final int CURVE = 0xa0;

  private PrivateKeys() {}

  /**
   * Reads the key of a block whose label ends in {@code PRIVATE KEY} and that is not encrypted.
   *
   * @throws GeneralSecurityException when it is no RSA or EC key
   */
  static PrivateKey read(Pem.Block block) throws GeneralSecurityException {
    byte[] pkcs8 =
        switch (block.label()) {
          case "PRIVATE KEY" -> block.der();
          case "RSA PRIVATE KEY" -> pkcs8(RSA_ENCRYPTION, block.der());
          case "EC PRIVATE KEY" ->
              pkcs8(der(SEQUENCE, EC_PUBLIC_KEY, curve(block.der())), block.der());
          default -> throw new InvalidKeySpecException(block.label());
        };
    for (String algorithm : ALGORITHMS) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
      } catch (InvalidKeySpecException another) {
        // The next algorithm may know it.
      }
    }
    throw new InvalidKeySpecException("neither RSA nor EC");
  }

  private static byte[] pkcs8(byte[] algorithm, byte[] key) {
    return der(SEQUENCE, VERSION_0, algorithm, der(OCTET_STRING, key));
  }

  /** The curve's name out of an ECPrivateKey, RFC 5915: version, key, and it in a [0]. */
  private static byte[] curve(byte[] sec1) throws InvalidKeySpecException {
    try {
      int at = contentAt(sec1, 0);
      while (at < sec1.length) {
        int content = contentAt(sec1, at);
        int end = content + length(sec1, at);
        if ((sec1[at] & 0xff) == CURVE) {
          return Arrays.copyOfRange(sec1, content, end);
        }
        at = end;
      }
    } catch (ArrayIndexOutOfBoundsException | IllegalArgumentException truncated) {
      throw new InvalidKeySpecException("not an EC key", truncated);
    }
    throw new InvalidKeySpecException("no curve");
  }

  private static int contentAt(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    return at + 2 + (first < 0x80 ? 0 : first - 0x80);
  }

  private static int length(byte[] der, int at) {
    int first = der[at + 1] & 0xff;
    if (first < 0x80) {
      return first;
    }
    if (first > 0x82) {
      throw new IllegalArgumentException("too long for a key");
    }
    int next = der[at + 2] & 0xff;
    return first == 0x81 ? next : next * 0x100 + (der[at + 3] & 0xff);
  }

  private static byte[] der(int tag, byte[]... parts) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      content.writeBytes(part);
    }
    int length = content.size();
    ByteArrayOutputStream out = new ByteArrayOutputStream(length + 4);
    out.write(tag);
    if (length >= 0x100) {
      out.write(0x82);
      out.write(length >> 8);
    } else if (length >= 0x80) {
      out.write(0x81);
    }
    out.write(length);
    out.writeBytes(content.toByteArray());
    return out.toByteArray();
  }
}
