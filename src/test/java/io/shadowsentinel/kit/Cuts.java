package io.shadowsentinel.kit;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Ways in which the same bytes may come in parts; the same ways for the same bytes. */
public final class Cuts {
  private Cuts() {}

  /** Byte for byte, and some at random. */
  public static List<List<byte[]>> of(byte[] bytes) {
    Random random = new Random(Arrays.hashCode(bytes));
    List<List<byte[]>> ways = new ArrayList<>();
    for (int most : new int[] {1, 4, 32, bytes.length}) {
      List<byte[]> parts = new ArrayList<>();
      for (int at = 0; at < bytes.length; ) {
        int next = Math.min(bytes.length, at + 1 + random.nextInt(most));
        parts.add(Arrays.copyOfRange(bytes, at, next));
        at = next;
      }
      ways.add(parts);
    }
    return ways;
  }
}
