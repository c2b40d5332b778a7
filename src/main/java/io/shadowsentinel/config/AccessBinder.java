package io.shadowsentinel.config;

import io.shadowsentinel.config.AdminConfig.ReadAccess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds who may do what at the admin port. No message ever shows a token. */
final class AccessBinder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final Pattern HOST =
      Pattern.compile("(\\*\\.)?[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9_])?");
  private static final String NAME_FORM = "up to 63 letters, digits, . _ -";
  private static final String FORM = "a token, as in { name: ci, role: operator, token: ... }";
  private static final String TOKEN_FORM =
      "at least " + AdminConfig.MIN_TOKEN_LENGTH + " characters";
  private static final String FILE_FORM = "a file with one line of " + TOKEN_FORM;
  private static final int MAX_TOKENS = 100;

  /** As much as the running instance reads of it. */
  private static final int MAX_FILE_BYTES = 4_096;

  /** The name that goes with {@code admin.token}. */
  private static final String OPERATOR = "operator";

  private final Set<String> names = new HashSet<>();
  private final Map<String, String> nameByToken = new HashMap<>();

  /**
   * @param single the value of {@code admin.token}, or null
   */
  AccessBinder(@Nullable String single) {
    if (single != null) {
      names.add(OPERATOR);
      nameByToken.put(single, OPERATOR);
    }
  }

  List<AdminConfig.Token> tokens(@Nullable Value value) {
    List<Value> items = value == null ? null : value.secretItems("a list of tokens");
    List<AdminConfig.Token> tokens = new ArrayList<>();
    if (value == null || items == null) {
      return tokens;
    }
    if (items.size() > MAX_TOKENS) {
      value.fault(items.size() + " tokens", "at most " + MAX_TOKENS);
      return tokens;
    }
    for (Value item : items) {
      Section section = item.secretSection(item.path(), FORM);
      AdminConfig.Token token = section == null ? null : token(section);
      if (token != null) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  /** Reads {@code open} or {@code token}. */
  static ReadAccess reads(@Nullable Value value, ReadAccess fallback) {
    String word = value == null ? null : value.word(List.of("open", "token"));
    return word == null ? fallback : ReadAccess.valueOf(word.toUpperCase(Locale.ROOT));
  }

  static List<String> hosts(@Nullable Value value) {
    return List.copyOf(
        RouteBinder.words(value, HOST, "a host name without a port, or *. and one", Set.of(), 1));
  }

  private AdminConfig.@Nullable Token token(Section section) {
    Value named = section.required("name", NAME_FORM);
    String name = named == null ? null : named.text(NAME, NAME_FORM);
    if (name != null && named != null && !names.add(name)) {
      named.fault(Quoted.text(name), "a name that no other token has");
    }
    Value roleValue = section.required("role", "viewer or operator");
    String role = roleValue == null ? null : roleValue.word(List.of("viewer", "operator"));
    Value given = section.optional("token");
    Value inFile = section.optional("tokenFile");
    if (given == null && inFile == null) {
      section.required("token", "a token, or tokenFile");
    }
    String value = given == null ? null : ServerBinder.token(given, TOKEN_FORM, false);
    Path file = inFile == null ? null : path(inFile);
    if (given != null && inFile != null) {
      inFile.fault("beside token", "only one of the two");
    } else if (file != null) {
      requireOwn(inFile, content(inFile, file), name);
    } else if (given != null) {
      requireOwn(given, value, name);
    }
    section.end();
    return name == null || role == null || (value == null) == (file == null)
        ? null
        : new AdminConfig.Token(name, role.equals("operator"), value, file);
  }

  /** Two names for one token would say nothing about who called. */
  private void requireOwn(Value value, @Nullable String token, @Nullable String name) {
    if (token == null || name == null) {
      return;
    }
    String other = nameByToken.putIfAbsent(token, name);
    if (other != null) {
      value.fault("the token of " + other + " as well", "a token of its own for each name");
    }
  }

  private static @Nullable Path path(Value value) {
    String text = value.text("the path of a file");
    if (text == null) {
      return null;
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      value.fault(Quoted.text(text), "the path of a file");
      return null;
    }
  }

  private static @Nullable String content(Value value, Path file) {
    String shown = Quoted.text(file.toString());
    byte[] bytes;
    try (InputStream in = Files.newInputStream(file)) {
      bytes = in.readNBytes(MAX_FILE_BYTES + 1);
    } catch (IOException e) {
      value.fault(shown + ", which cannot be read", FILE_FORM);
      return null;
    }
    String text = new String(bytes, StandardCharsets.UTF_8).strip();
    if (bytes.length > MAX_FILE_BYTES) {
      value.fault(shown + ", which is over " + MAX_FILE_BYTES + " B", FILE_FORM);
    } else if (text.length() < AdminConfig.MIN_TOKEN_LENGTH) {
      value.fault(shown + ", which holds " + text.length() + " characters", FILE_FORM);
    } else if (!text.chars().allMatch(c -> c > 0x20 && c < 0x7F)) {
      value.fault(shown + ", which holds more than a token", FILE_FORM + ", visible ASCII");
    } else {
      return text;
    }
    return null;
  }
}
