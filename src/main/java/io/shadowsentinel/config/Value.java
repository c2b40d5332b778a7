package io.shadowsentinel.config;

import java.math.BigDecimal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One value on its way to a type. Each reader either answers, or adds a fault and answers null.
 *
 * @param path how messages call it
 */
record Value(String path, Node node, Faults faults) {

  Place at() {
    return node.at();
  }

  /** Adds the fault that this value is {@code what}. */
  void fault(String what, String expected) {
    faults.add(at(), path + ": " + what + " (expected " + expected + ")");
  }

  private void wrong(String expected) {
    fault(Quoted.node(node), expected);
  }

  /** Reads a string that has a form. */
  @Nullable String text(Pattern form, String expected) {
    String text = text(expected);
    if (text != null && !form.matcher(text).matches()) {
      wrong(expected);
      return null;
    }
    return text;
  }

  /** Reads a string. */
  @Nullable String text(String expected) {
    Node.Scalar scalar = scalar(expected);
    if (scalar == null) {
      return null;
    }
    if (scalar.kind() == Node.Kind.NUMBER || scalar.kind() == Node.Kind.BOOLEAN) {
      wrong(expected + ", in quotes");
      return null;
    }
    return scalar.text();
  }

  /** Reads one of a few words. */
  @Nullable String word(Collection<String> words) {
    String expected = "one of " + String.join(", ", words);
    String text = text(expected);
    if (text != null && !words.contains(text)) {
      String hint = Suggestion.nearest(text, words).map(w -> "did you mean " + w + "? ").orElse("");
      faults.add(
          at(), path + ": " + Quoted.node(node) + " (" + hint + "expected " + expected + ")");
      return null;
    }
    return text;
  }

  /** Reads true or false. */
  @Nullable Boolean flag() {
    String expected = "true or false";
    Node.Scalar scalar = scalar(expected);
    if (scalar == null) {
      return null;
    }
    boolean known = scalar.text().equals("true") || scalar.text().equals("false");
    if (scalar.kind() == Node.Kind.TEXT || !known) {
      wrong(expected);
      return null;
    }
    return scalar.text().equals("true");
  }

  /** Reads a whole number within bounds, both included. */
  @Nullable Long integer(long min, long max) {
    String expected = "a whole number, " + min + ".." + max;
    Node.Scalar scalar = scalar(expected);
    if (scalar == null) {
      return null;
    }
    if (scalar.kind() == Node.Kind.TEXT || !Scalars.isInteger(scalar.text())) {
      wrong(expected);
      return null;
    }
    long number = Long.parseLong(scalar.text());
    if (number < min || number > max) {
      wrong(min + ".." + max);
      return null;
    }
    return number;
  }

  /** Reads a number within bounds, both included, of at most {@code scale} decimals. */
  @Nullable BigDecimal decimal(BigDecimal min, BigDecimal max, int scale, String range) {
    Node.Scalar scalar = scalar(range);
    if (scalar == null) {
      return null;
    }
    if (scalar.kind() == Node.Kind.TEXT || !Scalars.isNumber(scalar.text())) {
      wrong("a number, " + range);
      return null;
    }
    BigDecimal number = new BigDecimal(scalar.text());
    if (number.compareTo(min) < 0 || number.compareTo(max) > 0) {
      wrong(range);
      return null;
    }
    if (number.stripTrailingZeros().scale() > scale) {
      wrong(range + ", at most " + scale + " decimals");
      return null;
    }
    return number;
  }

  /** Reads a percentage as in 1%, from 0% to {@code max}, of at most {@code scale} decimals. */
  @Nullable BigDecimal percentage(BigDecimal max, int scale) {
    String range = "0%.." + max + "%";
    String form = "a percentage as in 1% or 0.5%, " + range;
    Node.Scalar scalar = scalar(form);
    if (scalar == null) {
      return null;
    }
    String text = scalar.text();
    String digits = text.endsWith("%") ? text.substring(0, text.length() - 1) : "";
    if (!Scalars.isNumber(digits)) {
      wrong(form);
      return null;
    }
    BigDecimal number = new BigDecimal(digits);
    if (number.signum() < 0 || number.compareTo(max) > 0) {
      wrong(range);
      return null;
    }
    if (number.stripTrailingZeros().scale() > scale) {
      wrong(range + ", at most " + scale + " decimals");
      return null;
    }
    return number;
  }

  /** Reads a duration of whole milliseconds within bounds, both included. */
  @Nullable Duration duration(Duration min, Duration max) {
    String range = Durations.format(min) + ".." + Durations.format(max);
    String form = "a duration as in 500ms, 30s, 2m or 1h, " + range;
    Node.Scalar scalar = scalar(form);
    if (scalar == null) {
      return null;
    }
    Optional<Duration> duration = Durations.parse(scalar.text());
    if (duration.isEmpty()) {
      wrong(form);
      return null;
    }
    if (duration.get().compareTo(min) < 0 || duration.get().compareTo(max) > 0) {
      wrong(range);
      return null;
    }
    if (!duration.get().equals(Duration.ofMillis(duration.get().toMillis()))) {
      wrong("whole milliseconds");
      return null;
    }
    return duration.get();
  }

  /** Reads a size in bytes within bounds, both included. */
  @Nullable Long size(long min, long max) {
    String range = Sizes.format(min) + ".." + Sizes.format(max);
    String form = "a size as in 64KiB, 1MiB, 1MB or plain bytes, " + range;
    Node.Scalar scalar = scalar(form);
    if (scalar == null) {
      return null;
    }
    OptionalLong size = Sizes.parse(scalar.text());
    if (size.isEmpty()) {
      wrong(form);
      return null;
    }
    if (size.getAsLong() < min || size.getAsLong() > max) {
      wrong(range);
      return null;
    }
    return size.getAsLong();
  }

  /** Reads a mapping. */
  @Nullable Section section(String name, String expected) {
    if (node instanceof Node.Mapping mapping) {
      return new Section(name, mapping, faults);
    }
    if (!isFaulty()) {
      wrong(expected);
    }
    return null;
  }

  /**
   * Reads a mapping that holds secrets. What is something else is not shown: a blank that is
   * missing behind a colon makes one text of key and secret.
   */
  @Nullable Section secretSection(String name, String expected) {
    if (isText()) {
      fault("no mapping", expected);
      return null;
    }
    return section(name, expected);
  }

  /** Reads a list of what holds secrets; what is something else is not shown. */
  @Nullable List<Value> secretItems(String expected) {
    if (isText()) {
      fault("no list", expected);
      return null;
    }
    return items(expected);
  }

  private boolean isText() {
    return node instanceof Node.Scalar scalar
        && scalar.kind() != Node.Kind.NULL
        && scalar.kind() != Node.Kind.FAULTY;
  }

  /** True for a list without items. */
  boolean isEmptyList() {
    return node instanceof Node.Sequence list && list.items().isEmpty();
  }

  /** Reads a list; the items are not looked at yet. */
  @Nullable List<Value> items(String expected) {
    if (!(node instanceof Node.Sequence sequence)) {
      if (!isFaulty()) {
        wrong(expected);
      }
      return null;
    }
    List<Value> items = new ArrayList<>();
    for (Node item : sequence.items()) {
      items.add(new Value(path + "[" + items.size() + "]", item, faults));
    }
    return items;
  }

  private Node.@Nullable Scalar scalar(String expected) {
    if (node instanceof Node.Scalar scalar && scalar.kind() != Node.Kind.NULL) {
      return isFaulty() ? null : scalar;
    }
    wrong(expected);
    return null;
  }

  private boolean isFaulty() {
    return node instanceof Node.Scalar scalar && scalar.kind() == Node.Kind.FAULTY;
  }
}
