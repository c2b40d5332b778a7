package io.shadowsentinel.config;

import io.shadowsentinel.text.Printable;
import java.util.ArrayList;
import java.util.List;

/** Collects what is wrong with one file. One thread. */
final class Faults {
  private record Found(Place at, String message) {}

  private final String file;
  private final List<Found> found = new ArrayList<>();

  Faults(String file) {
    this.file = file;
  }

  void add(Place at, String message) {
    // By construction: whatever of the file got into the message can be seen in it.
    found.add(new Found(at, Printable.escape(message)));
  }

  boolean isEmpty() {
    return found.isEmpty();
  }

  /** In the order of the file. What an alias shows twice is said once. */
  List<Fault> inOrder() {
    return found.stream()
        .distinct()
        .sorted((a, b) -> a.at().compareTo(b.at()))
        .map(f -> new Fault(file, f.at().line(), f.at().column(), f.message()))
        .toList();
  }
}
