package io.shadowsentinel.tls;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The text form of certificates and keys, RFC 7468. Pure. */
final class Pem {
  private static final Pattern BEGIN = Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----");

  private Pem() {}

  /** One block of a file. */
  static final class Block {
    private final String label;
    private final boolean encrypted;
    private final byte[] der;

    private Block(String label, boolean encrypted, byte[] der) {
      this.label = label;
      this.encrypted = encrypted;
      this.der = der;
    }

    /** As in {@code CERTIFICATE}. */
    String label() {
      return label;
    }

    /** True for a traditional key under a passphrase, whose bytes are of no use. */
    boolean encrypted() {
      return encrypted;
    }

    byte[] der() {
      return der;
    }
  }

  /**
   * Every block of a file, in order; what stands between them is a comment.
   *
   * @throws IllegalArgumentException when one does not end, or is no base64
   */
  static List<Block> blocks(byte[] content) {
    String text = new String(content, ISO_8859_1);
    List<Block> blocks = new ArrayList<>();
    Matcher begin = BEGIN.matcher(text);
    int from = 0;
    while (begin.find(from)) {
      String label = begin.group(1);
      String end = "-----END " + label + "-----";
      int endAt = text.indexOf(end, begin.end());
      if (endAt < 0) {
        throw new IllegalArgumentException("no " + end);
      }
      blocks.add(block(label, text.substring(begin.end(), endAt)));
      from = endAt + end.length();
    }
    return blocks;
  }

  private static Block block(String label, String body) {
    // Fields before the base64, as OpenSSL writes them: "Proc-Type: 4,ENCRYPTED".
    if (body.contains("Proc-Type:") && body.contains("ENCRYPTED")) {
      return new Block(label, true, new byte[0]);
    }
    return new Block(label, false, Base64.getDecoder().decode(body.replaceAll("\\s", "")));
  }
}
