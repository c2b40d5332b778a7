package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.Observation;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Counts in how many comparisons each path differed, for the {@value #MAX_PATHS} most frequent: the
 * Space-Saving sketch. When there is no room, a new path takes the place and the count of the least
 * frequent one, so that what is frequent is never lost, and by how much a count may be too high is
 * known. One thread.
 */
final class DifferenceCounts {
  static final int MAX_PATHS = 200;
  static final int MAX_SAMPLES = 3;

  /** An id is the client's to choose, up to the size of a header. */
  static final int MAX_ID_CHARS = 200;

  private static final class Counted {
    private final String path;
    private final long overcount;
    private final long firstMillis;
    private final Deque<InsightReport.Sample> newestFirst = new ArrayDeque<>(MAX_SAMPLES);
    private long count;
    private long lastMillis;

    Counted(String path, long overcount, long firstMillis) {
      this.path = path;
      this.overcount = overcount;
      this.count = overcount;
      this.firstMillis = firstMillis;
      this.lastMillis = firstMillis;
    }

    void add(Observation seen, String pointer) {
      count++;
      lastMillis = Math.max(lastMillis, seen.atMillis());
      if (newestFirst.size() == MAX_SAMPLES) {
        newestFirst.removeLast();
      }
      String id = seen.requestId();
      newestFirst.addFirst(
          new InsightReport.Sample(
              Instant.ofEpochMilli(seen.atMillis()),
              id.length() > MAX_ID_CHARS ? id.substring(0, MAX_ID_CHARS) : id,
              pointer));
    }

    InsightReport.DifferingPath report(long compared) {
      return new InsightReport.DifferingPath(
          path,
          count,
          overcount,
          (double) count / compared,
          Instant.ofEpochMilli(firstMillis),
          Instant.ofEpochMilli(lastMillis),
          List.copyOf(newestFirst));
    }
  }

  private final Map<String, Counted> byPath = new HashMap<>();
  private long dropped;

  /** Counts each place of a comparison once. */
  void add(Observation seen) {
    for (Observation.Place place : seen.places()) {
      Counted counted = byPath.get(place.path());
      if (counted == null) {
        counted = new Counted(place.path(), makeRoom(), seen.atMillis());
        byPath.put(place.path(), counted);
      }
      counted.add(seen, place.pointer());
    }
  }

  /** What a new path begins with: the count of the one that had to go, or 0. */
  private long makeRoom() {
    if (byPath.size() < MAX_PATHS) {
      return 0;
    }
    Counted least = null;
    for (Counted counted : byPath.values()) {
      if (least == null || counted.count < least.count) {
        least = counted;
      }
    }
    if (least == null) {
      return 0;
    }
    byPath.remove(least.path);
    dropped++;
    return least.count;
  }

  /** The most frequent first, without what is known as noise by now. */
  List<InsightReport.DifferingPath> paths(Noise noise, long compared) {
    return byPath.values().stream()
        .filter(counted -> !noise.paths().contains(counted.path))
        .sorted(
            Comparator.comparingLong((Counted counted) -> -counted.count)
                .thenComparing(counted -> counted.path))
        .map(counted -> counted.report(compared))
        .toList();
  }

  long dropped() {
    return dropped;
  }
}
