package io.shadowsentinel.compare.json;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a document that are left out of the differences: JSON Pointers in which {@code *}
 * stands for any one step, compiled into one tree that is walked beside the document. A node for
 * {@code a} already includes what {@code *} says of {@code a}, so a step is one look-up.
 */
public final class IgnoreRules {
  private final Map<String, IgnoreRules> byName = new HashMap<>();
  private @Nullable IgnoreRules any;
  private boolean end;

  /** The rules at the root, or null when there are none: nothing is looked up then. */
  public static @Nullable IgnoreRules of(List<JsonPointer> pointers) {
    return pointers.isEmpty() ? null : compile(pointers.stream().map(Steps::of).toList(), 0);
  }

  private static IgnoreRules compile(List<List<String>> pointers, int depth) {
    IgnoreRules node = new IgnoreRules();
    List<List<String>> wild = new ArrayList<>();
    Map<String, List<List<String>>> named = new HashMap<>();
    for (List<String> pointer : pointers) {
      if (pointer.size() == depth) {
        node.end = true;
      } else if (pointer.get(depth).equals(Steps.ANY)) {
        wild.add(pointer);
      } else {
        named.computeIfAbsent(pointer.get(depth), unused -> new ArrayList<>()).add(pointer);
      }
    }
    named.forEach(
        (name, those) -> {
          those.addAll(wild);
          node.byName.put(name, compile(those, depth + 1));
        });
    if (!wild.isEmpty()) {
      node.any = compile(wild, depth + 1);
    }
    return node;
  }

  /** True when this very place is ignored. */
  boolean ignoresThis() {
    return end;
  }

  public @Nullable IgnoreRules child(String name) {
    IgnoreRules child = byName.get(name);
    return child == null ? any : child;
  }

  public @Nullable IgnoreRules child(int index) {
    return byName.isEmpty() ? any : child(Objects.toString(index));
  }
}
