package io.shadowsentinel;

import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** As much of PromQL as it takes to tell which metrics an expression names. */
final class PromQl {
  private static final Pattern STRING = Pattern.compile("\"(?:[^\"\\\\]|\\\\.)*\"|'[^']*'");
  private static final Pattern SELECTOR = Pattern.compile("\\{[^}]*}");
  private static final Pattern RANGE = Pattern.compile("\\[[^]]*]");
  private static final Pattern LABELS =
      Pattern.compile("\\b(by|without|on|ignoring|group_left|group_right)\\s*\\([^)]*\\)");
  private static final Pattern OFFSET = Pattern.compile("\\boffset\\s+\\w+");
  private static final Pattern NAME =
      Pattern.compile("(?<![\\w.])([a-zA-Z_:][a-zA-Z0-9_:]*)(?!\\s*\\(|[\\w:])");
  private static final Set<String> WORDS =
      Set.of("and", "or", "unless", "bool", "atan2", "inf", "nan");

  private PromQl() {}

  static Set<String> metrics(String expression) {
    String rest = expression;
    for (Pattern noise : new Pattern[] {STRING, SELECTOR, RANGE, LABELS, OFFSET}) {
      rest = noise.matcher(rest).replaceAll(" ");
    }
    // An aggregation may name its labels between its name and its argument: sum by (x) (y).
    rest = rest.replaceAll("\\b(sum|min|max|avg|count)\\s+\\(", "(");
    Set<String> names = new TreeSet<>();
    Matcher name = NAME.matcher(rest);
    while (name.find()) {
      if (!WORDS.contains(name.group(1))) {
        names.add(name.group(1));
      }
    }
    return names;
  }
}
