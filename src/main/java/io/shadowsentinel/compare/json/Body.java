package io.shadowsentinel.compare.json;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The decoded body of an answer, as a format gets it.
 *
 * @param contentType the {@code Content-Type}, or null
 * @param json reads it as JSON, with the route's ignored parts marked
 * @param inferenceHeaderLength the {@code Inference-Header-Content-Length}, or null
 * @param target the path and query of the request it answers, or null when they are not known
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
public record Body(
    byte[] bytes,
    @Nullable String contentType,
    JsonReader json,
    @Nullable String inferenceHeaderLength,
    @Nullable String target) {

  public Body(byte[] bytes, @Nullable String contentType, JsonReader json) {
    this(bytes, contentType, json, null, null);
  }

  /** True when the media type contains a word, in whatever case. */
  public boolean isOfType(String word) {
    return contentType != null && contentType.toLowerCase(Locale.ROOT).contains(word);
  }

  /** The body as JSON. */
  public Json readJson() throws UnreadableException {
    return json.read(bytes);
  }

  /** The body as JSON in which bare {@code NaN} and {@code Infinity} are numbers. */
  public Json readJsonWithSpecials() throws UnreadableException {
    return json.readWithSpecials(bytes);
  }

  /** The body as text, in UTF-8 or, where the media type says so, in Latin-1. */
  public String readText() throws UnreadableException {
    boolean latin = isOfType("iso-8859-1");
    try {
      return (latin ? StandardCharsets.ISO_8859_1 : StandardCharsets.UTF_8)
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes))
          .toString();
    } catch (CharacterCodingException e) {
      throw new UnreadableException("not text: the body is not UTF-8");
    }
  }
}
