package io.shadowsentinel.gate;

import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The least recall of each class.
 *
 * @param every of those that {@code byClass} does not name; null for no bar
 */
public record RecallBars(@Nullable BigDecimal every, Map<String, BigDecimal> byClass) {

  /** No bar on any class. */
  public static final RecallBars NONE = new RecallBars(null, Map.of());

  public RecallBars {
    byClass = Collections.unmodifiableMap(new LinkedHashMap<>(byClass));
  }

  /**
   * Reads {@code 0.9}, for every class, and {@code CLASS=0.95}, for one.
   *
   * @throws IllegalArgumentException when a text is neither, or a class comes twice
   */
  public static RecallBars parse(List<String> texts) {
    BigDecimal every = null;
    Map<String, BigDecimal> byClass = new LinkedHashMap<>();
    for (String text : texts) {
      // A label may hold the sign as well.
      int equals = text.lastIndexOf('=');
      BigDecimal bar = GateBars.rate("min-recall", text.substring(equals + 1));
      boolean twice =
          equals < 0
              ? every != null
              : byClass.put(LabelText.canonical(text.substring(0, equals)), bar) != null;
      if (twice) {
        throw new IllegalArgumentException("min-recall: '" + text + "' (expected each bar once)");
      }
      every = equals < 0 ? bar : every;
    }
    return new RecallBars(every, byClass);
  }

  /** The bar of a class; null for none. */
  public @Nullable BigDecimal of(String label) {
    return byClass.getOrDefault(label, every);
  }

  boolean isEmpty() {
    return every == null && byClass.isEmpty();
  }
}
