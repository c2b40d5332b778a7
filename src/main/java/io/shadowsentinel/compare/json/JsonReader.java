package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads bytes that anybody may have sent into a {@link Json} tree, strictly: RFC 8259, UTF-8, one
 * value, no key twice, nothing over the bounds below. Some servers need less strictness, and get it
 * by another method. Immutable, any thread.
 */
public final class JsonReader {
  /** How deep arrays and objects may nest. */
  static final int MAX_DEPTH = 500;

  /** How many characters a number may have. */
  static final int MAX_NUMBER_CHARS = 1_000;

  /** How many values, names and brackets a document may have: what bounds the tree's size. */
  public static final int MAX_TOKENS = 1_000_000;

  private static final int MAX_REASON_CHARS = 160;

  private static final JsonFactory STRICT = factory(false);
  private static final JsonFactory WITH_SPECIALS = factory(true);

  private static JsonFactory factory(boolean specials) {
    return JsonFactory.builder()
        .streamReadConstraints(
            StreamReadConstraints.builder()
                .maxNestingDepth(MAX_DEPTH)
                .maxNumberLength(MAX_NUMBER_CHARS)
                .maxTokenCount(MAX_TOKENS)
                .build())
        .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
        .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
        .configure(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS, specials)
        .build();
  }

  /** Takes what this reader takes with specials, within the same bounds, and keys twice. */
  static JsonFactory factoryWithSpecials() {
    return WITH_SPECIALS;
  }

  private final @Nullable IgnoreRules ignore;

  public JsonReader(@Nullable IgnoreRules ignore) {
    this.ignore = ignore;
  }

  /** The document that the bytes hold. */
  public Json read(byte[] bytes) throws UnreadableException {
    return read(STRICT, bytes);
  }

  /** The same, in which a number may also be a bare {@code NaN} or {@code Infinity}. */
  Json readWithSpecials(byte[] bytes) throws UnreadableException {
    return read(WITH_SPECIALS, bytes);
  }

  /**
   * The documents that the bytes hold one after the other, as an array: JSON Lines. The bounds hold
   * for all of them together. Bare {@code NaN} and {@code Infinity} are numbers.
   */
  public Json.Items readLines(byte[] bytes) throws UnreadableException {
    requireUtf8(bytes);
    try (JsonParser parser = WITH_SPECIALS.createParser(bytes)) {
      Json.ItemsBuilder documents = new Json.ItemsBuilder();
      NumberScanner numbers = new NumberScanner();
      int index = 0;
      for (JsonToken token = parser.nextToken(); token != null; token = parser.nextToken()) {
        IgnoreRules below = ignore == null ? null : ignore.child(index);
        documents.add(value(parser, token, below, numbers));
        index++;
      }
      if (index == 0) {
        throw new UnreadableException("the body is empty");
      }
      return documents.build();
    } catch (JsonProcessingException e) {
      throw at(e.getLocation(), words(e));
    } catch (IOException e) {
      throw new UnreadableException("not JSON: " + words(e));
    }
  }

  /** True when the settings ignore what a member of an element of a top-level array holds. */
  public boolean ignores(String array, int index, String member) {
    IgnoreRules rules = ignore == null ? null : ignore.child(array);
    rules = rules == null || rules.ignoresThis() ? rules : rules.child(index);
    rules = rules == null || rules.ignoresThis() ? rules : rules.child(member);
    return rules != null && rules.ignoresThis();
  }

  private Json read(JsonFactory factory, byte[] bytes) throws UnreadableException {
    requireUtf8(bytes);
    Json usual = QuickJson.read(bytes, ignore);
    return usual == null ? parse(factory, bytes) : usual;
  }

  /** The document as Jackson reads it, which has the last word on what is one. */
  Json parse(byte[] bytes) throws UnreadableException {
    return parse(STRICT, bytes);
  }

  private Json parse(JsonFactory factory, byte[] bytes) throws UnreadableException {
    try (JsonParser parser = factory.createParser(bytes)) {
      JsonToken first = parser.nextToken();
      if (first == null) {
        throw new UnreadableException("the body is empty");
      }
      Json document = value(parser, first, ignore, new NumberScanner());
      if (parser.nextToken() != null) {
        throw at(parser.currentTokenLocation(), "more than one value");
      }
      return document;
    } catch (JsonProcessingException e) {
      throw at(e.getLocation(), words(e));
    } catch (IOException e) {
      throw new UnreadableException("not JSON: " + words(e));
    }
  }

  private Json value(
      JsonParser parser, JsonToken token, @Nullable IgnoreRules rules, NumberScanner numbers)
      throws IOException, UnreadableException {
    if (rules != null && rules.ignoresThis()) {
      return new Json.Ignored(value(parser, token, null, numbers));
    }
    return switch (token) {
      case START_OBJECT -> members(parser, rules, numbers);
      case START_ARRAY -> items(parser, rules, numbers);
      case VALUE_STRING -> new Json.Text(parser.getText());
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> {
        scan(parser, numbers);
        yield new Json.Num(numbers.value(), numbers.text());
      }
      case VALUE_TRUE -> Json.Literal.TRUE;
      case VALUE_FALSE -> Json.Literal.FALSE;
      case VALUE_NULL -> Json.Literal.NULL;
      default -> throw at(parser.currentTokenLocation(), "unexpected " + token);
    };
  }

  private Json members(JsonParser parser, @Nullable IgnoreRules rules, NumberScanner numbers)
      throws IOException, UnreadableException {
    Map<String, Json> members = new LinkedHashMap<>();
    for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
      if (members.containsKey(name)) {
        throw at(
            parser.currentTokenLocation(),
            "the key \"" + Texts.cut(name, 64) + "\" is there twice");
      }
      IgnoreRules below = rules == null ? null : rules.child(name);
      members.put(name, value(parser, parser.nextToken(), below, numbers));
    }
    return new Json.Members(members);
  }

  private Json items(JsonParser parser, @Nullable IgnoreRules rules, NumberScanner numbers)
      throws IOException, UnreadableException {
    JsonToken token = parser.nextToken();
    if (token == JsonToken.END_ARRAY) {
      return Json.EMPTY_ARRAY;
    }
    Json.ItemsBuilder items = new Json.ItemsBuilder();
    for (int index = 0; token != JsonToken.END_ARRAY; index++, token = parser.nextToken()) {
      if (rules == null && token.isNumeric()) {
        scan(parser, numbers);
        items.addNumber(numbers.value(), numbers.text());
      } else {
        items.add(value(parser, token, rules == null ? null : rules.child(index), numbers));
      }
    }
    return items.build();
  }

  private static void scan(JsonParser parser, NumberScanner numbers)
      throws IOException, UnreadableException {
    char[] chars = parser.getTextCharacters();
    int end = parser.getTextOffset() + parser.getTextLength();
    if (Character.isLetter(chars[end - 1])) {
      numbers.take(parser.getDoubleValue());
    } else {
      numbers.scan(chars, parser.getTextOffset(), parser.getTextLength());
    }
  }

  /**
   * Jackson takes overlong forms and lone surrogates, and guesses at UTF-16 and UTF-32, of which a
   * text in ASCII is good UTF-8 as well. RFC 8259 has JSON in UTF-8 and in nothing else; in the
   * others one of its first four bytes is 0, and in JSON none is.
   */
  public static void requireUtf8(byte[] bytes) throws UnreadableException {
    for (int i = 0; i < Math.min(4, bytes.length); i++) {
      if (bytes[i] == 0) {
        throw new UnreadableException("not JSON: the body is UTF-16 or UTF-32 (expected UTF-8)");
      }
    }
    int negative = 0;
    for (byte b : bytes) {
      negative |= b;
    }
    if (negative >= 0) {
      return;
    }
    try {
      StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes));
    } catch (CharacterCodingException e) {
      throw new UnreadableException("not JSON: the body is not UTF-8");
    }
  }

  /** Says what is wrong without quoting the body, of which Jackson's messages may hold a piece. */
  private static String words(IOException e) {
    if (e instanceof JsonEOFException) {
      return "the text ends too early";
    }
    String message =
        e instanceof JsonProcessingException parse ? parse.getOriginalMessage() : e.getMessage();
    if (message == null) {
      return e.getClass().getSimpleName();
    }
    if (e instanceof StreamConstraintsException) {
      return Texts.cut(message, MAX_REASON_CHARS);
    }
    if (message.startsWith("Unrecognized token")) {
      return "a word that is none of true, false and null";
    }
    if (message.startsWith("Non-standard token")) {
      return "NaN and Infinity are not JSON";
    }
    return Texts.cut(message.lines().findFirst().orElse(""), MAX_REASON_CHARS);
  }

  private static UnreadableException at(@Nullable JsonLocation place, String what) {
    if (place == null || place.getLineNr() < 1) {
      return new UnreadableException("not JSON: " + what);
    }
    return new UnreadableException(
        "not JSON at line " + place.getLineNr() + " column " + place.getColumnNr() + ": " + what);
  }
}
