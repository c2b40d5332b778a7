package io.shadowsentinel.doctor;

import org.jspecify.annotations.Nullable;

/**
 * One thing that {@code sentinel doctor} looked at.
 *
 * @param check what kind of thing: {@code upstream}, {@code ports}
 * @param subject which one
 * @param detail what was seen, in words
 * @param remedy what to do about it; null when nothing needs to be done
 */
public record Finding(
    Level level, String check, String subject, String detail, @Nullable String remedy) {

  /** How bad it is. */
  enum Level {
    /** As it should be. */
    OK("ok"),
    /** Not looked at, or something to know. */
    NOTE("note"),
    /** It will run, and not as well as it should. */
    WARN("warn"),
    /** It will not run, or not do what it is for. */
    FAIL("FAIL");

    private final String label;

    Level(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  public static Finding ok(String check, String subject, String detail) {
    return new Finding(Level.OK, check, subject, detail, null);
  }

  static Finding note(String check, String subject, String detail, String remedy) {
    return new Finding(Level.NOTE, check, subject, detail, remedy);
  }

  static Finding warn(String check, String subject, String detail, String remedy) {
    return new Finding(Level.WARN, check, subject, detail, remedy);
  }

  static Finding fail(String check, String subject, String detail, String remedy) {
    return new Finding(Level.FAIL, check, subject, detail, remedy);
  }
}
