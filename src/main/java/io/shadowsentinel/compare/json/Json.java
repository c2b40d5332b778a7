package io.shadowsentinel.compare.json;

import java.util.Arrays;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value, in a tree that is lean where answers of models are large: an array of numbers is
 * one {@code double[]}. Immutable once read.
 */
public sealed interface Json {

  /** An object, its members in the order they came. */
  record Members(Map<String, Json> byName) implements Json {
    public @Nullable Json get(String name) {
      Json value = byName.get(name);
      return value instanceof Ignored ? null : value;
    }
  }

  /** An array. */
  sealed interface Items extends Json {
    int size();

    Json get(int index);
  }

  /** An array of any values. */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record; the tree's differ does it
  record Mixed(Json[] values) implements Items {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public Json get(int index) {
      return values[index];
    }
  }

  /**
   * An array of numbers only, not empty.
   *
   * @param texts the text of those that their double does not tell apart from every other number;
   *     null when there is none
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared as a record; the tree's differ does it
  record Numbers(double[] values, @Nullable String @Nullable [] texts) implements Items {
    @Override
    public int size() {
      return values.length;
    }

    @Override
    public Json get(int index) {
      return new Num(values[index], text(index));
    }

    public @Nullable String text(int index) {
      return texts == null ? null : texts[index];
    }
  }

  /**
   * A number.
   *
   * @param value the nearest double
   * @param text the number as it was written, when its double does not tell it apart from every
   *     other number; see {@link NumberScanner}
   */
  record Num(double value, @Nullable String text) implements Json {
    public static Num of(int value) {
      return new Num(value, null);
    }

    /** True for 1, 1.0 and 10e-1. */
    public boolean isInteger() {
      if (text == null) {
        return value == Math.rint(value) && Double.isFinite(value);
      }
      return Numeric.exact(value, text).stripTrailingZeros().scale() <= 0;
    }
  }

  /** A string. */
  record Text(String value) implements Json {}

  /** true, false and null. */
  enum Literal implements Json {
    TRUE,
    FALSE,
    NULL
  }

  /** A part that the route's settings leave out of the differences. It may still be pointed at. */
  record Ignored(Json hidden) implements Json {}

  Mixed EMPTY_ARRAY = new Mixed(new Json[0]);

  /** What an {@link Ignored} hides, or the value itself. */
  static Json uncover(Json value) {
    return value instanceof Ignored ignored ? ignored.hidden() : value;
  }

  /** True for a number, a string, true or false. */
  static boolean isScalar(Json value) {
    return value instanceof Num
        || value instanceof Text
        || value == Literal.TRUE
        || value == Literal.FALSE;
  }

  /** True when every one of the numbers is an integer. */
  static boolean areIntegers(Numbers numbers) {
    for (int i = 0; i < numbers.size(); i++) {
      if (!new Num(numbers.values()[i], numbers.text(i)).isInteger()) {
        return false;
      }
    }
    return true;
  }

  /** Collects an array, as doubles for as long as nothing but numbers comes. */
  final class ItemsBuilder {
    private static final int FIRST_CAPACITY = 8;

    private double[] numbers = new double[FIRST_CAPACITY];
    private @Nullable String @Nullable [] texts;
    private Json @Nullable [] mixed;
    private int size;

    public void addNumber(double value, @Nullable String text) {
      if (mixed != null) {
        add(new Num(value, text));
        return;
      }
      if (size == numbers.length) {
        numbers = Arrays.copyOf(numbers, size * 2);
      }
      if (text != null) {
        texts = texts == null ? new String[numbers.length] : texts;
        texts = texts.length < numbers.length ? Arrays.copyOf(texts, numbers.length) : texts;
        texts[size] = text;
      }
      numbers[size++] = value;
    }

    public void add(Json value) {
      if (value instanceof Num number && mixed == null) {
        addNumber(number.value(), number.text());
        return;
      }
      Json[] to = mixed == null ? boxed() : mixed;
      if (size == to.length) {
        to = Arrays.copyOf(to, size * 2);
      }
      to[size++] = value;
      mixed = to;
    }

    public Items build() {
      if (size == 0) {
        return EMPTY_ARRAY;
      }
      if (mixed != null) {
        return new Mixed(size == mixed.length ? mixed : Arrays.copyOf(mixed, size));
      }
      return new Numbers(
          size == numbers.length ? numbers : Arrays.copyOf(numbers, size),
          texts == null ? null : Arrays.copyOf(texts, size));
    }

    private Json[] boxed() {
      Json[] boxed = new Json[Math.max(FIRST_CAPACITY, size * 2)];
      for (int i = 0; i < size; i++) {
        String text = texts == null || i >= texts.length ? null : texts[i];
        boxed[i] = new Num(numbers[i], text);
      }
      return boxed;
    }
  }
}
