package io.shadowsentinel.compare;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON document, written as a JSON Pointer when asked. A chain to the root rather than
 * text, so that walking a document without finding a difference writes nothing.
 */
final class Path {
  static final Path ROOT = new Path(null, null, -1);

  /** A longer pointer is cut: a key may be as long as the answer, and a conflict holds no body. */
  static final int MAX_CHARS = 512;

  private final @Nullable Path parent;
  private final @Nullable String name;
  private final int index;

  private Path(@Nullable Path parent, @Nullable String name, int index) {
    this.parent = parent;
    this.name = name;
    this.index = index;
  }

  Path child(String name) {
    return new Path(this, name, -1);
  }

  Path child(int index) {
    return new Path(this, null, index);
  }

  /** The JSON Pointer, at most {@value #MAX_CHARS} characters and an ellipsis. */
  @Override
  public String toString() {
    return pointer(false);
  }

  /** The same with {@code *} for each step into an array: one name for all rows and elements. */
  String folded() {
    return pointer(true);
  }

  /** True when it is known at a glance that both fold into one: elements of one array do. */
  boolean foldsAs(Path other) {
    return parent == other.parent && name == null && other.name == null;
  }

  private String pointer(boolean fold) {
    Deque<Path> steps = new ArrayDeque<>();
    for (Path step = this; step.parent != null; step = step.parent) {
      steps.push(step);
    }
    StringBuilder pointer = new StringBuilder();
    for (Path step : steps) {
      pointer.append('/');
      if (step.name == null && fold) {
        pointer.append(Pointer.ANY);
      } else if (step.name == null) {
        pointer.append(step.index);
      } else {
        escape(step.name, pointer);
      }
      if (pointer.length() > MAX_CHARS) {
        return Texts.cut(pointer.toString(), MAX_CHARS);
      }
    }
    return pointer.toString();
  }

  private static void escape(String name, StringBuilder pointer) {
    int end = Math.min(name.length(), MAX_CHARS + 1);
    for (int i = 0; i < end; i++) {
      char c = name.charAt(i);
      switch (c) {
        case '~' -> pointer.append("~0");
        case '/' -> pointer.append("~1");
        default -> pointer.append(c);
      }
    }
  }
}
