package io.shadowsentinel.config;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Binds {@code admin.tokens} and {@code admin.readAccess}, and never shows a token. */
final class TokensBinder {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,62}");
  private static final String NAME_FORM = "up to 63 letters, digits, . _ -";
  private static final String FORM = "a token, as in { name: ci, role: operator, token: ... }";
  private static final String TOKEN_FORM =
      "at least " + AdminConfig.MIN_TOKEN_LENGTH + " characters";
  private static final int MAX_TOKENS = 100;

  private TokensBinder() {}

  static List<AdminConfig.Token> tokens(Section admin) {
    Value value = admin.optional("tokens");
    List<Value> items = value == null ? null : value.items("a list of tokens");
    List<AdminConfig.Token> tokens = new ArrayList<>();
    Set<String> names = new HashSet<>();
    if (value != null && items != null && items.size() > MAX_TOKENS) {
      value.fault(items.size() + " tokens", "at most " + MAX_TOKENS);
      return tokens;
    }
    int index = 0;
    for (Value item : items == null ? List.<Value>of() : items) {
      Section section = item.section("admin.tokens[" + index++ + "]", FORM);
      AdminConfig.Token token = section == null ? null : token(section, names);
      if (token != null) {
        tokens.add(token);
      }
    }
    return tokens;
  }

  /** True when seeing takes a token, too. */
  static boolean readsNeedToken(Section admin) {
    Value value = admin.optional("readAccess");
    return value != null && "token".equals(value.word(List.of("open", "token")));
  }

  private static AdminConfig.@Nullable Token token(Section section, Set<String> names) {
    Value named = section.required("name", NAME_FORM);
    String name = named == null ? null : named.text(NAME, NAME_FORM);
    if (name != null && named != null && !names.add(name)) {
      named.fault(Shown.text(name), "a name that no other token has");
    }
    Value roleValue = section.required("role", "viewer or operator");
    String role = roleValue == null ? null : roleValue.word(List.of("viewer", "operator"));
    Value given = section.optional("token");
    Value inFile = section.optional("tokenFile");
    String value = given == null ? null : ServerBinder.token(given, TOKEN_FORM, false);
    Path file = inFile == null ? null : file(inFile);
    if (given != null && inFile != null) {
      inFile.fault("beside token", "only one of the two");
    }
    if (given == null && inFile == null) {
      section.required("token", "a token, or tokenFile");
    }
    section.end();
    return name == null || role == null || (value == null) == (file == null)
        ? null
        : new AdminConfig.Token(name, role.equals("operator"), value, file);
  }

  private static @Nullable Path file(Value value) {
    String text = value.text("a file");
    if (text == null) {
      return null;
    }
    try {
      Path path = Path.of(text);
      if (Files.isRegularFile(path) && Files.isReadable(path)) {
        return path;
      }
      value.fault(Shown.text(text) + ", which cannot be read", "a file that holds a token");
    } catch (InvalidPathException e) {
      value.fault(Shown.text(text), "the path of a file");
    }
    return null;
  }
}
