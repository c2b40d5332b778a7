package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A JSON value that grows with each delta of a stream, as OpenAI's own clients have it grow: texts
 * are joined, objects are merged, elements of an array with an {@code index} are merged with the
 * others of that index, and elements without one are appended. A null changes nothing. Mutable, one
 * thread.
 */
abstract sealed class Draft {
  /** Members that name something, and are said again rather than continued. */
  private static final Set<String> NAMES = Set.of("id", "type", "role", "index");

  private static final String INDEX = "index";

  /** What has come of a value so far. */
  abstract Json build();

  /** Takes more of the value, or refuses it for being of another kind. */
  abstract boolean takes(Json more);

  /** The draft with more of the value in it. */
  static Draft grow(@Nullable Draft soFar, Json more) {
    if (soFar != null && (more == Json.Literal.NULL || soFar.takes(more))) {
      return soFar;
    }
    Draft fresh;
    if (more instanceof Json.Text) {
      fresh = new Words();
    } else if (more instanceof Json.Members) {
      fresh = new Fields();
    } else if (more instanceof Json.Items) {
      fresh = new Elements();
    } else {
      return new Leaf(more);
    }
    fresh.takes(more);
    return fresh;
  }

  /** A number, true, false or null: the last one said. */
  private static final class Leaf extends Draft {
    private final Json value;

    Leaf(Json value) {
      this.value = value;
    }

    @Override
    boolean takes(Json more) {
      return false;
    }

    @Override
    Json build() {
      return value;
    }
  }

  private static final class Words extends Draft {
    private final StringBuilder text = new StringBuilder();

    @Override
    boolean takes(Json more) {
      if (!(more instanceof Json.Text words)) {
        return false;
      }
      text.append(words.value());
      return true;
    }

    @Override
    Json build() {
      return new Json.Text(text.toString());
    }
  }

  /** An object. */
  static final class Fields extends Draft {
    private final Map<String, Draft> byName = new LinkedHashMap<>();

    @Override
    boolean takes(Json more) {
      if (!(more instanceof Json.Members members)) {
        return false;
      }
      members.byName().forEach(this::grow);
      return true;
    }

    /** Continues a member, but for one that names something. */
    void grow(String name, Json more) {
      if (NAMES.contains(name)) {
        set(name, more);
      } else {
        byName.put(name, Draft.grow(byName.get(name), more));
      }
    }

    /** Replaces a member; null and an empty text replace nothing. */
    void set(String name, Json value) {
      boolean empty =
          value == Json.Literal.NULL || (value instanceof Json.Text text && text.value().isEmpty());
      if (!empty || !byName.containsKey(name)) {
        byName.put(name, Draft.grow(null, value));
      }
    }

    @Override
    Json.Members build() {
      Map<String, Json> built = new LinkedHashMap<>();
      byName.forEach((name, draft) -> built.put(name, draft.build()));
      return new Json.Members(built);
    }
  }

  private static final class Elements extends Draft {
    /** An index may be any number, so that a hostile one costs no more than another. */
    private final Map<Double, Fields> byIndex = new TreeMap<>();

    private final List<Json> others = new ArrayList<>();

    @Override
    boolean takes(Json more) {
      if (!(more instanceof Json.Items items)) {
        return false;
      }
      for (int i = 0; i < items.size(); i++) {
        Json item = items.get(i);
        if (item instanceof Json.Members members && members.get(INDEX) instanceof Json.Num index) {
          byIndex.computeIfAbsent(index.value(), unused -> new Fields()).takes(item);
        } else {
          others.add(item);
        }
      }
      return true;
    }

    @Override
    Json build() {
      List<Json> built = new ArrayList<>(byIndex.size() + others.size());
      for (Fields fields : byIndex.values()) {
        Json.Members members = fields.build();
        // A stream's own: an answer that comes at once has the place in the array for it.
        members.byName().remove(INDEX);
        built.add(members);
      }
      built.addAll(others);
      return new Json.Mixed(built.toArray(Json[]::new));
    }
  }
}
