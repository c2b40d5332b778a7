package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.US_ASCII;

import java.util.Locale;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Bodies of known size and content. */
public final class Bodies {
  private Bodies() {}

  /**
   * A valid JSON text of exactly so many bytes: an object from 10 on, else a string or a digit.
   *
   * @throws IllegalArgumentException below 1
   */
  public static byte[] json(int bytes) {
    if (bytes < 1) {
      throw new IllegalArgumentException("bytes: " + bytes + " (expected 1 or more)");
    }
    String text;
    if (bytes == 1) {
      text = "0";
    } else if (bytes < 10) {
      text = '"' + "p".repeat(bytes - 2) + '"';
    } else {
      text = "{\"pad\":\"" + "p".repeat(bytes - 10) + "\"}";
    }
    return text.getBytes(US_ASCII);
  }

  /** An Open Inference answer of so many FP32 numbers, the same for the same seed. */
  public static byte[] openInference(int numbers, long seed) {
    Random random = new Random(seed);
    String data =
        IntStream.range(0, numbers)
            .mapToObj(i -> String.format(Locale.ROOT, "%.6f", random.nextDouble()))
            .collect(Collectors.joining(","));
    return ("{\"model_name\":\"m\",\"outputs\":[{\"name\":\"probabilities\",\"datatype\":\"FP32\","
            + "\"shape\":[1,"
            + numbers
            + "],\"data\":["
            + data
            + "]}]}")
        .getBytes(US_ASCII);
  }

  /** A body {@code {"prediction":label,"probability":confidence}}. */
  public static String prediction(int label, double confidence) {
    return "{\"prediction\":" + label + ",\"probability\":" + confidence + "}";
  }

  /** Bytes that mean nothing, the same for the same seed. */
  public static byte[] noise(int bytes, long seed) {
    byte[] noise = new byte[bytes];
    new Random(seed).nextBytes(noise);
    return noise;
  }
}
