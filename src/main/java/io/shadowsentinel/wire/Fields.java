package io.shadowsentinel.wire;

import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import io.vertx.core.MultiMap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The fields of a message's head or trailer, in their order, named without regard to case. A list,
 * since a message has some ten of them: looking at all costs less than hashing one. Values are
 * octets, one a char: RFC 9110, section 5.5. Not for more than one thread.
 */
public final class Fields {
  private static final int TYPICAL = 16;

  private static final CharSequence[] NO_NAMES = {};
  private static final String[] NO_VALUES = {};

  // Most messages have no trailers.
  private CharSequence[] names = NO_NAMES;
  private String[] values = NO_VALUES;
  private int size;

  /** A copy of a request's or an answer's fields. */
  static Fields of(MultiMap headers) {
    Fields fields = new Fields();
    if (headers instanceof HttpHeaders direct) {
      // Spares a wrapper for each field.
      Iterator<Map.Entry<CharSequence, CharSequence>> each = direct.iteratorCharSequence();
      while (each.hasNext()) {
        Map.Entry<CharSequence, CharSequence> field = each.next();
        fields.add(field.getKey(), field.getValue().toString());
      }
    } else {
      headers.forEach((name, value) -> fields.add(name, value));
    }
    return fields;
  }

  int size() {
    return size;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  CharSequence name(int index) {
    return names[index];
  }

  String value(int index) {
    return values[index];
  }

  public void add(CharSequence name, String value) {
    if (size == names.length) {
      int more = Math.max(TYPICAL, 2 * size);
      names = Arrays.copyOf(names, more);
      values = Arrays.copyOf(values, more);
    }
    names[size] = name;
    values[size++] = value;
  }

  /** Puts one field in the place of all of that name. */
  public void set(CharSequence name, String value) {
    int at = indexOf(name, 0);
    if (at < 0) {
      add(name, value);
      return;
    }
    names[at] = name;
    values[at] = value;
    removeFrom(name, at + 1);
  }

  public void remove(CharSequence name) {
    removeFrom(name, 0);
  }

  private void removeFrom(CharSequence name, int start) {
    int first = indexOf(name, start);
    if (first >= 0) {
      keep(first, other -> !AsciiString.contentEqualsIgnoreCase(other, name));
    }
  }

  /** Removes the fields with other names. */
  public void keep(Predicate<CharSequence> names) {
    keep(0, names);
  }

  private void keep(int start, Predicate<CharSequence> kept) {
    int count = start;
    for (int i = start; i < size; i++) {
      if (kept.test(names[i])) {
        names[count] = names[i];
        values[count++] = values[i];
      }
    }
    size = count;
  }

  public boolean contains(CharSequence name) {
    return indexOf(name, 0) >= 0;
  }

  /** The value of the first field of that name, or null. */
  public @Nullable String get(CharSequence name) {
    int at = indexOf(name, 0);
    return at < 0 ? null : values[at];
  }

  /** The values of all fields of that name, in their order. */
  public List<String> getAll(CharSequence name) {
    List<String> all = new ArrayList<>();
    for (int at = indexOf(name, 0); at >= 0; at = indexOf(name, at + 1)) {
      all.add(values[at]);
    }
    return all;
  }

  private int indexOf(CharSequence name, int start) {
    for (int i = start; i < size; i++) {
      if (AsciiString.contentEqualsIgnoreCase(names[i], name)) {
        return i;
      }
    }
    return -1;
  }

  /** Adds all of them to a message's, in their order. */
  public void addTo(MultiMap headers) {
    for (int i = 0; i < size; i++) {
      headers.add(names[i], values[i]);
    }
  }
}
