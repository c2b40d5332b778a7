package io.shadowsentinel.config;

import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Puts environment variables into scalars: <code>${NAME}</code> and <code>${NAME:-default}</code>,
 * the default standing in for a variable that is unset or empty, as in a shell. A doubled dollar
 * before a brace is one literal dollar; any other dollar is itself. What is put in is not looked at
 * again.
 */
final class Substitution {
  /** Either the escape, or a reference that is whole, or the beginning of one that is not. */
  private static final Pattern REFERENCE =
      Pattern.compile(
          "(?<escaped>\\$\\$\\{)|\\$\\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(:-(?<default>[^}]*))?\\}|(?<broken>\\$\\{)");

  private final Function<String, @Nullable String> environment;

  Substitution(Function<String, @Nullable String> environment) {
    this.environment = environment;
  }

  /** The scalar with its variables put in; {@link Node.Kind#FAULTY} where one cannot be. */
  Node.Scalar apply(Node.Scalar scalar, Faults faults) {
    String text = scalar.text();
    if (scalar.kind() != Node.Kind.TEXT || !text.contains("${")) {
      return scalar;
    }
    StringBuilder out = new StringBuilder();
    boolean substituted = false;
    boolean faulty = false;
    Matcher reference = REFERENCE.matcher(text);
    int from = 0;
    while (reference.find()) {
      out.append(text, from, reference.start());
      from = reference.end();
      if (reference.group("escaped") != null) {
        out.append("${");
      } else if (reference.group("broken") != null) {
        // What follows is not shown: it may be a secret.
        faults.add(
            scalar.at(),
            "${ begins no variable (expected ${NAME} or ${NAME:-default}; $${ for a literal ${)");
        faulty = true;
      } else {
        String value = valueOf(reference.group("name"), reference.group("default"));
        if (value == null) {
          String name = reference.group("name");
          faults.add(
              scalar.at(),
              "${"
                  + name
                  + "}: not set in the environment (expected a value, or a default as in ${"
                  + name
                  + ":-default})");
          faulty = true;
        } else {
          out.append(value);
          substituted = true;
        }
      }
    }
    out.append(text, from, text.length());
    Node.Kind kind = substituted ? Node.Kind.FROM_ENVIRONMENT : Node.Kind.TEXT;
    return new Node.Scalar(scalar.at(), faulty ? Node.Kind.FAULTY : kind, out.toString());
  }

  private @Nullable String valueOf(String name, @Nullable String fallback) {
    String value = environment.apply(name);
    return fallback != null && (value == null || value.isEmpty()) ? fallback : value;
  }
}
