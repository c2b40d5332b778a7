package io.shadowsentinel.alert;

/** Scatters bits: the same input always gives the same output, on every machine. */
final class Mix {
  private Mix() {}

  /** A 64-bit FNV-1a hash. */
  static long hash(String text) {
    long hash = 0xcbf29ce484222325L;
    for (int i = 0; i < text.length(); i++) {
      hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
    }
    return hash;
  }

  /** The finalizer of SplitMix64. */
  static long mix(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }

  /** A number that is evenly spread over 0 (included) to 1 (excluded). */
  static double unit(long value) {
    return (mix(value) >>> 11) * 0x1.0p-53;
  }
}
