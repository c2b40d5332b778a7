package io.shadowsentinel.tls;

import java.nio.file.Path;

/** What is wrong with a file that a connection should be secured with. Never shows its content. */
public final class TlsFault extends Exception {
  private static final long serialVersionUID = 1L;

  /** Which of the files. */
  public enum Part {
    CERT,
    KEY,
    AUTHORITIES
  }

  private final Part part;
  private final String what;
  private final String expected;

  /**
   * @param what goes on after the file's name, as in {@code which cannot be read}
   */
  TlsFault(Part part, Path file, String what, String expected) {
    super(file + ", " + what + " (expected " + expected + ")");
    this.part = part;
    this.what = what;
    this.expected = expected;
  }

  public Part part() {
    return part;
  }

  /** Goes on after the file's name, as in {@code which cannot be read}. */
  public String what() {
    return what;
  }

  public String expected() {
    return expected;
  }
}
