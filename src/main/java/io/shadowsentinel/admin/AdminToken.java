package io.shadowsentinel.admin;

import java.nio.file.Path;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A token that callers of the admin port may show.
 *
 * @param name whose it is, as the decision log names the caller
 * @param role what it allows
 * @param value the token itself, visible ASCII; null when it is in the file
 * @param file its only line is the token, and is read again when it changes; null when there is a
 *     value
 */
public record AdminToken(String name, Role role, @Nullable String value, @Nullable Path file) {

  /** What a token allows. */
  public enum Role {
    /** To see. */
    VIEWER,
    /** To see, and to act. */
    OPERATOR;

    String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @throws IllegalArgumentException unless there is either a value or a file; the message never
   *     has the token
   */
  public AdminToken {
    if ((value == null) == (file == null)) {
      throw new IllegalArgumentException("token " + name + ": expected either a value or a file");
    }
    if (value != null && !isToken(value)) {
      throw new IllegalArgumentException(
          "token " + name + ": empty, or with a blank or a sign that is not visible ASCII");
    }
  }

  static boolean isToken(String text) {
    return !text.isEmpty() && text.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  /** Leaves the token out, so that it does not get into a log. */
  @Override
  public String toString() {
    return "AdminToken[" + name + ", " + role.label() + (file == null ? "" : ", " + file) + "]";
  }
}
