package io.shadowsentinel.proxy;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.flipkart.zjsonpatch.CompatibilityFlags;
import com.flipkart.zjsonpatch.JsonPatch;
import com.flipkart.zjsonpatch.JsonPatchApplicationException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A JSON Patch (RFC 6902) for request bodies. Numbers keep every digit, since a model would see the
 * difference. What a body may grow to is bounded, in values and in bytes. Immutable; any thread but
 * an event loop's.
 */
final class BodyPatch {
  /** How many values a patched body may have; also bounds what is parsed. */
  static final int MAX_VALUES = 1_000_000;

  private static final int MAX_DEPTH = 500;
  private static final int MAX_NUMBER_CHARS = 1_000;

  private static final EnumSet<CompatibilityFlags> AS_THE_RFC_SAYS =
      EnumSet.of(CompatibilityFlags.FORBID_REMOVE_MISSING_OBJECT);

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(MAX_DEPTH)
                          .maxNumberLength(MAX_NUMBER_CHARS)
                          .maxTokenCount(MAX_VALUES)
                          .build())
                  .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
                  .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
          .build();

  /**
   * One operation.
   *
   * @param alone a patch of this operation only
   * @param copied what it copies, or null
   */
  private record Step(String name, ArrayNode alone, @Nullable JsonPointer copied) {}

  private final List<Step> steps = new ArrayList<>();

  private BodyPatch(JsonNode patch) {
    for (JsonNode operation : patch) {
      String op = operation.path("op").asText();
      steps.add(
          new Step(
              String.format(
                  Locale.ROOT,
                  "operation %d, %s %s",
                  steps.size() + 1,
                  op,
                  operation.path("path").asText()),
              JSON.createArrayNode().add(operation),
              op.equals("copy") ? JsonPointer.compile(operation.path("from").asText()) : null));
    }
  }

  /**
   * Reads a patch.
   *
   * @throws IllegalArgumentException when it is none
   */
  static BodyPatch of(String json) {
    try {
      JsonNode patch = JSON.readTree(json);
      JsonPatch.validate(patch);
      return new BodyPatch(patch);
    } catch (JsonProcessingException | JsonPatchApplicationException | IllegalArgumentException e) {
      // The last of a pointer that is none, which validating it lets pass.
      throw new IllegalArgumentException("not a JSON Patch: " + e.getMessage(), e);
    }
  }

  /**
   * The body with the patch applied, whole or not at all.
   *
   * @param maxBytes how long it may be then
   * @throws UnpatchableException when the body is not JSON, an operation does not fit it, or it
   *     grows over a bound
   */
  byte[] apply(byte[] body, int maxBytes) throws UnpatchableException {
    JsonNode document = read(body);
    long values = steps.stream().anyMatch(step -> step.copied() != null) ? count(document) : 0;
    for (Step step : steps) {
      if (step.copied() != null) {
        values += count(document.at(step.copied()));
        if (values > MAX_VALUES) {
          throw new UnpatchableException(step.name() + ": more than " + MAX_VALUES + " values");
        }
      }
      try {
        JsonPatch.applyInPlace(step.alone(), document, AS_THE_RFC_SAYS);
      } catch (RuntimeException e) {
        // Not only JsonPatchApplicationException: a name where an index is wanted is another.
        throw new UnpatchableException(step.name() + ": does not fit the body");
      }
    }
    return write(document, maxBytes);
  }

  private static JsonNode read(byte[] body) throws UnpatchableException {
    try {
      JsonNode document = JSON.readTree(body);
      if (!document.isContainerNode()) {
        throw new UnpatchableException("the body is neither a JSON object nor an array");
      }
      return document;
    } catch (JsonProcessingException e) {
      JsonLocation at = e.getLocation();
      throw new UnpatchableException(
          at == null
              ? "the body is not JSON"
              : "the body is not JSON, at line " + at.getLineNr() + ", column " + at.getColumnNr());
    } catch (IOException e) {
      throw new UnpatchableException("the body is not JSON");
    }
  }

  private static long count(JsonNode node) {
    long values = 1;
    for (JsonNode child : node) {
      values += count(child);
    }
    return values;
  }

  private static byte[] write(JsonNode document, int maxBytes) throws UnpatchableException {
    Bounded out = new Bounded(maxBytes);
    try {
      JSON.writeValue(out, document);
    } catch (IOException e) {
      throw new UnpatchableException("over " + maxBytes + " bytes when patched");
    }
    return out.bytes.toByteArray();
  }

  /** Fails where it is written to over its bound, before that much is held. */
  private static final class Bounded extends OutputStream {
    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private final int max;

    Bounded(int max) {
      this.max = max;
    }

    @Override
    public void write(int one) throws IOException {
      write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] from, int offset, int length) throws IOException {
      if (length > max - bytes.size()) {
        throw new IOException("over the bound");
      }
      bytes.write(from, offset, length);
    }
  }
}
