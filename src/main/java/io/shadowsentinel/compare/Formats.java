package io.shadowsentinel.compare;

import java.util.Set;

/** The formats of answers that can be read, by name. Adding one is adding a line here. */
public final class Formats {
  private Formats() {}

  /** The names that {@code compare.format} takes. */
  public static Set<String> names() {
    return Set.of("json", "open-inference", "kserve-v1");
  }

  static Comparator comparator(CompareSettings settings) {
    return exchange -> {
      throw new UnsupportedOperationException("not written yet: " + settings.format());
    };
  }
}
