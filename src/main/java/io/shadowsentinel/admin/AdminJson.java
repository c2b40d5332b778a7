package io.shadowsentinel.admin;

import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import io.shadowsentinel.decide.Evidence;
import java.io.IOException;
import java.time.Instant;

/** How the admin port writes JSON: ISO-8601 instants in UTC, every member present, null or not. */
public final class AdminJson {
  private AdminJson() {}

  private static final ObjectMapper MAPPER =
      JsonMapper.builder()
          .addModule(new SimpleModule().addSerializer(Instant.class, new InstantWriter()))
          .addMixIn(Evidence.class, WithoutSums.class)
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /** The mapper; configured once, usable from any thread, not to be configured further. */
  public static ObjectMapper mapper() {
    return MAPPER;
  }

  /**
   * The value as one line of JSON in UTF-8.
   *
   * @throws IllegalStateException when a type of the API cannot be written, which is a defect
   */
  static byte[] bytes(Object value) {
    try {
      return MAPPER.writeValueAsBytes(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write " + value.getClass().getName(), e);
    }
  }

  /** The parts that {@code confidenceGap} is made of are for the state directory, not for users. */
  @JsonIgnoreProperties({"confidenceGapSum", "confidenceGapCount"})
  private interface WithoutSums {}

  private static final class InstantWriter extends StdSerializer<Instant> {
    InstantWriter() {
      super(Instant.class);
    }

    @Override
    public void serialize(Instant value, JsonGenerator json, SerializerProvider provider)
        throws IOException {
      json.writeString(value.toString());
    }
  }
}
