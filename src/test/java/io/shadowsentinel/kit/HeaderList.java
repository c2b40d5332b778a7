package io.shadowsentinel.kit;

import java.util.List;
import java.util.Optional;

/** Header fields in the order and the case in which they were on the wire. Immutable. */
public record HeaderList(List<Field> fields) {

  /** A list without fields. */
  public static final HeaderList EMPTY = new HeaderList(List.of());

  /** One field line, its value without the blanks around it. */
  public record Field(String name, String value) {}

  public HeaderList {
    fields = List.copyOf(fields);
  }

  /** The value of the first field of that name, in any case. */
  public Optional<String> first(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .findFirst();
  }

  /** The values of every field of that name, in any case, in order. */
  public List<String> all(String name) {
    return fields.stream()
        .filter(field -> field.name().equalsIgnoreCase(name))
        .map(Field::value)
        .toList();
  }

  /** True when there is a field of that name, in any case. */
  public boolean has(String name) {
    return first(name).isPresent();
  }

  /** The names in order and original case, a repeated one each time. */
  public List<String> names() {
    return fields.stream().map(Field::name).toList();
  }

  /** True when some value of the field, split at commas, is {@code token} in any case. */
  public boolean hasToken(String name, String token) {
    return all(name).stream()
        .flatMap(value -> List.of(value.split(",")).stream())
        .anyMatch(part -> part.trim().equalsIgnoreCase(token));
  }
}
