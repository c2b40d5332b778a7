package io.shadowsentinel.compare.json;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * {@link PlaceSettings}, compiled into one tree that is walked beside the two answers. As in {@link
 * IgnoreRules}, a node for {@code a} already includes what {@code *} says of {@code a}, so a step
 * is one look-up. A tolerance holds below its place as well, until another one does.
 */
public final class PlaceRules {
  /** What one pointer says. */
  private record Rule(
      List<String> steps,
      @Nullable List<String> key,
      boolean unordered,
      @Nullable Numeric numeric) {

    boolean endsAt(int depth) {
      return steps.size() == depth;
    }
  }

  private final Map<String, PlaceRules> byName = new HashMap<>();
  private @Nullable PlaceRules any;
  private @Nullable List<String> key;
  private boolean unordered;
  private @Nullable Numeric numeric;

  /** The rules at the root, or null when there are none: nothing is looked up then. */
  public static @Nullable PlaceRules of(PlaceSettings settings) {
    if (settings.isEmpty()) {
      return null;
    }
    List<Rule> rules = new ArrayList<>();
    settings
        .keys()
        .forEach(
            (pointer, key) ->
                rules.add(
                    new Rule(
                        PlaceSettings.steps(pointer), PlaceSettings.keySteps(key), false, null)));
    settings
        .ignoreOrder()
        .forEach(pointer -> rules.add(new Rule(PlaceSettings.steps(pointer), null, true, null)));
    settings
        .tolerances()
        .forEach(
            (pointer, tolerance) ->
                rules.add(
                    new Rule(PlaceSettings.steps(pointer), null, false, new Numeric(tolerance))));
    return compile(rules, 0, null);
  }

  /** The rules come with the more specific ones first. */
  private static PlaceRules compile(List<Rule> rules, int depth, @Nullable Numeric inherited) {
    PlaceRules node = new PlaceRules();
    List<Rule> wild = new ArrayList<>();
    Map<String, List<Rule>> named = new HashMap<>();
    for (Rule rule : rules) {
      if (rule.endsAt(depth)) {
        node.take(rule);
      } else if (rule.steps().get(depth).equals(Steps.ANY)) {
        wild.add(rule);
      } else {
        named.computeIfAbsent(rule.steps().get(depth), unused -> new ArrayList<>()).add(rule);
      }
    }
    if (node.numeric == null) {
      node.numeric = inherited;
    }
    Numeric below = node.numeric;
    named.forEach(
        (name, those) -> {
          those.addAll(wild);
          node.byName.put(name, compile(those, depth + 1, below));
        });
    if (!wild.isEmpty()) {
      node.any = compile(wild, depth + 1, below);
    } else if (below != null) {
      node.any = everywhere(below);
    }
    return node;
  }

  private static PlaceRules everywhere(Numeric numeric) {
    PlaceRules node = new PlaceRules();
    node.numeric = numeric;
    node.any = node;
    return node;
  }

  private void take(Rule rule) {
    key = key == null ? rule.key() : key;
    unordered |= rule.unordered();
    numeric = numeric == null ? rule.numeric() : numeric;
  }

  public @Nullable PlaceRules child(String name) {
    PlaceRules child = byName.get(name);
    return child == null ? any : child;
  }

  public @Nullable PlaceRules child(int index) {
    return byName.isEmpty() ? any : child(Objects.toString(index));
  }

  /** The rules of any element, for where elements have no index of their own. */
  public @Nullable PlaceRules anyChild() {
    return any;
  }

  /** The steps from an element of this array to its key; null when it is aligned by index. */
  public @Nullable List<String> key() {
    return key;
  }

  /** True when the order of this array does not count. */
  public boolean isUnordered() {
    return unordered;
  }

  /** How numbers are compared here. */
  public static Numeric numeric(@Nullable PlaceRules rules, Numeric otherwise) {
    return rules == null || rules.numeric == null ? otherwise : rules.numeric;
  }
}
