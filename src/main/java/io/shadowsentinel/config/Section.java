package io.shadowsentinel.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A mapping on its way to a record: each key is asked for once, and {@link #end} refuses those that
 * nobody asked for. Where a value is faulty the default stands in, so that binding goes on and
 * finds the other faults.
 */
final class Section {
  private final String path;
  private final Node.Mapping mapping;
  private final Faults faults;
  private final Set<String> known = new LinkedHashSet<>();

  Section(String path, Node.Mapping mapping, Faults faults) {
    this.path = path;
    this.mapping = mapping;
    this.faults = faults;
  }

  Place at() {
    return mapping.at();
  }

  /** Every key and value, for mappings whose keys are the user's. */
  Map<String, Node.Entry> entries() {
    return mapping.entries();
  }

  String pathOf(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  /** The value of a key; null when the key is left out. */
  @Nullable Value optional(String key) {
    known.add(key);
    Node.Entry entry = mapping.entries().get(key);
    return entry == null ? null : new Value(pathOf(key), entry.value(), faults);
  }

  /** The value of a key that must be there. */
  @Nullable Value required(String key, String expected) {
    Value value = optional(key);
    if (value == null) {
      faults.add(at(), pathOf(key) + ": missing (expected " + expected + ")");
    }
    return value;
  }

  /** The mapping at a key; an empty one, whose keys all have defaults, when it is left out. */
  Section child(String key) {
    Section child = optionalChild(key);
    return child == null ? emptyChild(key) : child;
  }

  /** The mapping at a key; null when it is left out, or is none. */
  @Nullable Section optionalChild(String key) {
    Value value = optional(key);
    return value == null ? null : value.section(pathOf(key), "a mapping");
  }

  /** The mapping at a key, which holds secrets; an empty one when it is left out. */
  Section secretChild(String key) {
    Section child = optionalSecretChild(key);
    return child == null ? emptyChild(key) : child;
  }

  /** The mapping at a key, which holds secrets; null when it is left out, or is none. */
  @Nullable Section optionalSecretChild(String key) {
    Value value = optional(key);
    return value == null ? null : value.secretSection(pathOf(key), "a mapping");
  }

  private Section emptyChild(String key) {
    return new Section(pathOf(key), new Node.Mapping(at(), Map.of()), faults);
  }

  long integer(String key, long fallback, long min, long max) {
    Value value = optional(key);
    Long number = value == null ? null : value.integer(min, max);
    return number == null ? fallback : number;
  }

  BigDecimal decimal(
      String key, BigDecimal fallback, BigDecimal min, BigDecimal max, int scale, String range) {
    Value value = optional(key);
    BigDecimal number = value == null ? null : value.decimal(min, max, scale, range);
    return number == null ? fallback : number;
  }

  boolean flag(String key, boolean fallback) {
    Value value = optional(key);
    Boolean flag = value == null ? null : value.flag();
    return flag == null ? fallback : flag;
  }

  Duration duration(String key, Duration fallback, Duration min, Duration max) {
    Value value = optional(key);
    Duration duration = value == null ? null : value.duration(min, max);
    return duration == null ? fallback : duration;
  }

  long size(String key, long fallback, long min, long max) {
    Value value = optional(key);
    Long size = value == null ? null : value.size(min, max);
    return size == null ? fallback : size;
  }

  /** Refuses the keys that were not asked for. */
  void end() {
    mapping
        .entries()
        .forEach(
            (key, entry) -> {
              if (!known.contains(key)) {
                String hint =
                    Suggestion.nearest(key, known).map(k -> "did you mean " + k + "? ").orElse("");
                String expected = "expected one of " + String.join(", ", known);
                String name = Quoted.text(pathOf(key));
                faults.add(entry.keyAt(), name + ": unknown key (" + hint + expected + ")");
              }
            });
  }
}
