package io.shadowsentinel.compare.json;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads a document that is well formed and usual straight from its bytes, in one pass, numbers
 * included: about three times as fast as token by token through Jackson (docs/performance.md). Of
 * any other document it says nothing, and {@link JsonReader} has Jackson decide, and say what is
 * wrong. So it may give up wherever it likes, and must never take what Jackson would refuse.
 *
 * <p>For one document, whose bytes are known to be UTF-8.
 */
final class QuickJson {
  // Well below JsonReader's bounds, where it is Jackson that counts.
  private static final int MAX_DEPTH = 100;
  private static final int MAX_VALUES = JsonReader.MAX_TOKENS / 4;
  private static final int MAX_NAME_BYTES = 1_000;
  private static final int MAX_STRING_BYTES = 1_000_000;

  private static final int NAME_SLOTS = 32;

  private final byte[] bytes;
  private final NumberScanner numbers = new NumberScanner();

  /** Names that were met: those of objects in an array are nearly always the same. */
  private final @Nullable String[] names = new String[NAME_SLOTS];

  private int at;
  private int values;

  private QuickJson(byte[] bytes) {
    this.bytes = bytes;
  }

  /**
   * Reads a document.
   *
   * @param rules what is to be marked as ignored, or null
   * @return null when Jackson is to be asked
   */
  static @Nullable Json read(byte[] bytes, @Nullable IgnoreRules rules) {
    QuickJson reader = new QuickJson(bytes);
    Json document = reader.value(reader.next(), rules, 0);
    return document == null || reader.next() >= 0 ? null : document;
  }

  /** The next byte that is not space, which is not passed yet; -1 at the end. */
  private int next() {
    while (at < bytes.length) {
      byte octet = bytes[at];
      if (octet != ' ' && octet != '\n' && octet != '\r' && octet != '\t') {
        return octet & 0xff;
      }
      at++;
    }
    return -1;
  }

  private @Nullable Json value(int first, @Nullable IgnoreRules rules, int depth) {
    if (rules != null && rules.ignoresThis()) {
      Json hidden = value(first, null, depth);
      return hidden == null ? null : new Json.Ignored(hidden);
    }
    if (depth > MAX_DEPTH || ++values > MAX_VALUES) {
      return null;
    }
    return switch (first) {
      case '{' -> members(rules, depth);
      case '[' -> items(rules, depth);
      case '"' -> text();
      case 't' -> literal("true", Json.Literal.TRUE);
      case 'f' -> literal("false", Json.Literal.FALSE);
      case 'n' -> literal("null", Json.Literal.NULL);
      default -> number() ? new Json.Num(numbers.value(), numbers.text()) : null;
    };
  }

  private @Nullable Json literal(String word, Json.Literal literal) {
    int end = at + word.length();
    if (end > bytes.length) {
      return null;
    }
    for (int i = 0; i < word.length(); i++) {
      if (bytes[at + i] != word.charAt(i)) {
        return null;
      }
    }
    at = end;
    return literal;
  }

  private @Nullable Json members(@Nullable IgnoreRules rules, int depth) {
    at++;
    Map<String, Json> members = new LinkedHashMap<>();
    int next = next();
    if (next == '}') {
      at++;
      return new Json.Members(members);
    }
    while (next == '"') {
      String name = name();
      if (name == null || next() != ':') {
        return null;
      }
      at++;
      Json value = value(next(), rules == null ? null : rules.child(name), depth + 1);
      if (value == null || members.putIfAbsent(name, value) != null) {
        return null;
      }
      next = next();
      if (next == '}') {
        at++;
        return new Json.Members(members);
      }
      if (next != ',') {
        return null;
      }
      at++;
      next = next();
    }
    return null;
  }

  private @Nullable Json items(@Nullable IgnoreRules rules, int depth) {
    at++;
    int next = next();
    if (next == ']') {
      at++;
      return Json.EMPTY_ARRAY;
    }
    Json.ItemsBuilder items = new Json.ItemsBuilder();
    for (int index = 0; ; index++) {
      if (!item(next, rules, index, depth, items)) {
        return null;
      }
      next = next();
      if (next == ']') {
        at++;
        return items.build();
      }
      if (next != ',') {
        return null;
      }
      at++;
      next = next();
    }
  }

  private boolean item(
      int first, @Nullable IgnoreRules rules, int index, int depth, Json.ItemsBuilder items) {
    if (rules == null && (first == '-' || isDigit(first))) {
      if (++values > MAX_VALUES || !number()) {
        return false;
      }
      items.addNumber(numbers.value(), numbers.text());
      return true;
    }
    Json value = value(first, rules == null ? null : rules.child(index), depth + 1);
    if (value == null) {
      return false;
    }
    items.add(value);
    return true;
  }

  /** Reads a number, in the grammar of RFC 8259, section 6; false when it is none. */
  private boolean number() {
    int start = at;
    boolean negative = at < bytes.length && bytes[at] == '-';
    int digits = negative ? at + 1 : at;
    long mantissa = 0;
    int i = digits;
    for (; i < bytes.length && isDigit(bytes[i]); i++) {
      mantissa = mantissa * 10 + (bytes[i] - '0');
    }
    if (i == digits || (bytes[digits] == '0' && i > digits + 1)) {
      return false;
    }
    int fraction = 0;
    if (i < bytes.length && bytes[i] == '.') {
      int point = i++;
      for (; i < bytes.length && isDigit(bytes[i]); i++) {
        mantissa = mantissa * 10 + (bytes[i] - '0');
      }
      fraction = i - point - 1;
      if (fraction == 0) {
        return false;
      }
    }
    int mantissaChars = i - digits;
    int exponent = 0;
    if (i < bytes.length && (bytes[i] == 'e' || bytes[i] == 'E')) {
      i++;
      boolean down = i < bytes.length && bytes[i] == '-';
      if (i < bytes.length && (down || bytes[i] == '+')) {
        i++;
      }
      int first = i;
      for (; i < bytes.length && isDigit(bytes[i]); i++) {
        exponent = exponent * 10 + (bytes[i] - '0');
        if (exponent > NumberScanner.MAX_EXPONENT) {
          return false;
        }
      }
      if (i == first) {
        return false;
      }
      exponent = down ? -exponent : exponent;
    }
    if (i - start > JsonReader.MAX_NUMBER_CHARS) {
      return false;
    }
    at = i;
    boolean fits = NumberScanner.fits(mantissaChars, mantissa);
    if (!numbers.settle(negative, mantissa, fits, exponent - fraction)) {
      numbers.settle(latin(start, i), mantissa, fits);
    }
    return true;
  }

  private @Nullable String name() {
    int start = at + 1;
    int end = start;
    int hash = 0;
    while (end < bytes.length && isPlain(bytes[end])) {
      hash = 31 * hash + bytes[end++];
    }
    if (end >= bytes.length || bytes[end] != '"' || end - start > MAX_NAME_BYTES) {
      // Escapes, letters beyond ASCII, or no end.
      Json.Text text = text();
      return text == null || at - start > MAX_NAME_BYTES ? null : text.value();
    }
    at = end + 1;
    int slot = (hash ^ (hash >>> 15)) & (NAME_SLOTS - 1);
    String known = names[slot];
    if (known == null || !is(known, start, end)) {
      known = latin(start, end);
      names[slot] = known;
    }
    return known;
  }

  private boolean is(String name, int start, int end) {
    if (name.length() != end - start) {
      return false;
    }
    for (int i = 0; i < name.length(); i++) {
      if (name.charAt(i) != bytes[start + i]) {
        return false;
      }
    }
    return true;
  }

  private Json.@Nullable Text text() {
    int start = at + 1;
    int end = start;
    int all = 0;
    while (end < bytes.length && bytes[end] != '"') {
      byte octet = bytes[end];
      if (octet == '\\') {
        return escaped(start, end);
      }
      if (octet >= 0 && octet < ' ') {
        return null;
      }
      all |= octet;
      end++;
    }
    if (end >= bytes.length || end - start > MAX_STRING_BYTES) {
      return null;
    }
    at = end + 1;
    return new Json.Text(
        all >= 0
            ? latin(start, end)
            : new String(bytes, start, end - start, StandardCharsets.UTF_8));
  }

  /** A string with escapes, of which the part up to {@code end} has none. */
  private Json.@Nullable Text escaped(int start, int end) {
    StringBuilder text = new StringBuilder();
    int from = start;
    int i = end;
    while (i < bytes.length && bytes[i] != '"') {
      byte octet = bytes[i];
      if (octet >= 0 && octet < ' ') {
        return null;
      }
      if (octet != '\\') {
        i++;
        continue;
      }
      text.append(new String(bytes, from, i - from, StandardCharsets.UTF_8));
      int length = escape(i + 1, text);
      if (length == 0) {
        return null;
      }
      i += 1 + length;
      from = i;
    }
    if (i >= bytes.length || i - start > MAX_STRING_BYTES) {
      return null;
    }
    at = i + 1;
    return new Json.Text(
        text.append(new String(bytes, from, i - from, StandardCharsets.UTF_8)).toString());
  }

  /** How many bytes the escape has after its backslash; 0 when it is none. */
  private int escape(int i, StringBuilder to) {
    if (i >= bytes.length) {
      return 0;
    }
    int plain = "\"\\/bfnrt".indexOf(bytes[i]);
    if (plain >= 0) {
      to.append("\"\\/\b\f\n\r\t".charAt(plain));
      return 1;
    }
    if (bytes[i] != 'u' || i + 4 >= bytes.length) {
      return 0;
    }
    int unit = 0;
    for (int digit = i + 1; digit <= i + 4; digit++) {
      int value = bytes[digit] < 0 ? -1 : Character.digit(bytes[digit], 16);
      if (value < 0) {
        return 0;
      }
      unit = unit << 4 | value;
    }
    to.append((char) unit);
    return 5;
  }

  private String latin(int from, int to) {
    return new String(bytes, from, to - from, StandardCharsets.ISO_8859_1);
  }

  private static boolean isPlain(byte octet) {
    return octet >= ' ' && octet != '"' && octet != '\\';
  }

  private static boolean isDigit(int octet) {
    return octet >= '0' && octet <= '9';
  }
}
