package io.shadowsentinel.compare.text;

import org.jspecify.annotations.Nullable;

/**
 * What comparing two texts found.
 *
 * @param similarity 0 to 1; NaN when undecided
 * @param reason in words, without a piece of either text; null where the texts say it all
 */
public record TextResult(Kind kind, double similarity, @Nullable String reason) {

  /** Whether the texts say the same. */
  public enum Kind {
    SAME,
    DIFFERENT,
    /**
     * The champion's text is not what it is to be compared by: it cannot be held against anyone.
     */
    UNDECIDED,
    /** A judge is to be asked. */
    ASK
  }

  public static final TextResult SAME = new TextResult(Kind.SAME, 1, null);
  public static final TextResult DIFFERENT = new TextResult(Kind.DIFFERENT, 0, null);
  public static final TextResult ASK =
      new TextResult(Kind.ASK, Double.NaN, "only the judge can tell whether the texts agree");

  public static TextResult different(String reason) {
    return new TextResult(Kind.DIFFERENT, 0, reason);
  }

  public static TextResult undecided(String reason) {
    return new TextResult(Kind.UNDECIDED, Double.NaN, reason);
  }

  /** True when the texts say the same for certain. */
  public boolean isSame() {
    return kind == Kind.SAME;
  }

  /** True when they say different things for certain. */
  public boolean isDifferent() {
    return kind == Kind.DIFFERENT;
  }
}
