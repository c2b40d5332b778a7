package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonLocation;
import java.util.Comparator;
import org.jspecify.annotations.Nullable;

/** A place in a file; line and column are 1 or more. */
record Place(int line, int column) implements Comparable<Place> {
  static final Place START = new Place(1, 1);

  private static final Comparator<Place> ORDER =
      Comparator.comparingInt(Place::line).thenComparingInt(Place::column);

  static Place of(@Nullable JsonLocation location) {
    if (location == null) {
      return START;
    }
    // Jackson says 0 or -1 where it knows of no place.
    return new Place(Math.max(1, location.getLineNr()), Math.max(1, location.getColumnNr()));
  }

  /** The place right after {@code text}, when that is what the file begins with. */
  static Place after(CharSequence text) {
    int line = 1;
    int column = 1;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean firstOfPair = c == '\r' && i + 1 < text.length() && text.charAt(i + 1) == '\n';
      if (c == '\n' || (c == '\r' && !firstOfPair)) {
        line++;
        column = 1;
      } else if (!firstOfPair && !Character.isLowSurrogate(c)) {
        column++;
      }
    }
    return new Place(line, column);
  }

  @Override
  public int compareTo(Place other) {
    return ORDER.compare(this, other);
  }
}
