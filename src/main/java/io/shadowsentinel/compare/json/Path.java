package io.shadowsentinel.compare.json;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/**
 * A place in a JSON document, written as a JSON Pointer when asked. A chain to the root rather than
 * text, so that walking a document without finding a difference writes nothing.
 */
public final class Path {
  public static final Path ROOT = new Path(null, null, -1, null);

  /** A longer pointer is cut: a key may be as long as the answer, and a conflict holds no body. */
  public static final int MAX_CHARS = 512;

  private static final int MISSING = -1;

  private final @Nullable Path parent;
  private final @Nullable String name;
  private final int index;
  private final @Nullable Json key;

  private Path(@Nullable Path parent, @Nullable String name, int index, @Nullable Json key) {
    this.parent = parent;
    this.name = name;
    this.index = index;
    this.key = key;
  }

  public Path child(String name) {
    return new Path(this, name, -1, null);
  }

  public Path child(int index) {
    return new Path(this, null, index, null);
  }

  /** An element that was found by its key. */
  public Path child(int index, @Nullable Json key) {
    return new Path(this, null, index, key);
  }

  /**
   * An element that this array does not have: RFC 6901 writes {@code -} for it.
   *
   * @param key its key, or null
   */
  public Path missing(@Nullable Json key) {
    return new Path(this, null, MISSING, key);
  }

  /** The key of the innermost element on the way here that was found by one, or null. */
  public @Nullable Json key() {
    for (Path step = this; step != null; step = step.parent) {
      if (step.key != null) {
        return step.key;
      }
    }
    return null;
  }

  /** The rules at this place. */
  public @Nullable PlaceRules follow(@Nullable PlaceRules root) {
    if (root == null || parent == null) {
      return root;
    }
    PlaceRules above = parent.follow(root);
    if (above == null) {
      return null;
    }
    return name == null ? above.child(index) : above.child(name);
  }

  /** The same, with indexes below {@code base} taken for any index. */
  public @Nullable PlaceRules followAny(@Nullable PlaceRules root, Path base) {
    if (root == null || parent == null || this == base) {
      return follow(root);
    }
    PlaceRules above = parent.followAny(root, base);
    if (above == null) {
      return null;
    }
    return name == null ? above.anyChild() : above.child(name);
  }

  /** True when the rules name this place, one that it lies in, or one that lies in it. */
  boolean touches(IgnoreRules root) {
    return rulesHere(root) != null || (parent != null && parent.isWithin(root));
  }

  private boolean isWithin(IgnoreRules root) {
    IgnoreRules here = rulesHere(root);
    return (here != null && here.ignoresThis()) || (parent != null && parent.isWithin(root));
  }

  private @Nullable IgnoreRules rulesHere(IgnoreRules root) {
    if (parent == null) {
      return root;
    }
    IgnoreRules above = parent.rulesHere(root);
    if (above == null) {
      return null;
    }
    return name == null ? above.child(index) : above.child(name);
  }

  /** The JSON Pointer, at most {@value #MAX_CHARS} characters and an ellipsis. */
  @Override
  public String toString() {
    return pointer(false);
  }

  /** The same with {@code *} for each step into an array: one name for all rows and elements. */
  public String folded() {
    return pointer(true);
  }

  /** True when it is known at a glance that both fold into one: elements of one array do. */
  public boolean foldsAs(Path other) {
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
        pointer.append(Steps.ANY);
      } else if (step.name == null && step.index == MISSING) {
        pointer.append('-');
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
