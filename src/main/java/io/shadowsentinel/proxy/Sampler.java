package io.shadowsentinel.proxy;

import java.math.BigDecimal;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Picks a share of requests: of each {@value #BLOCK} in a row as many as the share says, within
 * one, and which of them a permutation says that is another one in each block. So clients that take
 * turns are all picked from, as every tenth request would not, and no id, header or address has a
 * say in it. A counter and a key, not a die, so that a test and an incident can be replayed. Any
 * thread.
 */
final class Sampler {
  static final int BLOCK = 1_000;

  /** Four decimals of a percent. */
  private static final long SCALE = 1_000_000;

  /** The permutation is one of so many, as a power of two is what {@link #permuted} can do. */
  private static final int HALF_BITS = 5;

  private static final int HALF = (1 << HALF_BITS) - 1;
  private static final int ROUNDS = 6;
  private static final long GOLDEN = 0x9E37_79B9_7F4A_7C15L;

  private final AtomicLong seen = new AtomicLong();

  /**
   * Counts a request, and tells whether it is one of the share.
   *
   * @param share from {@link #shareOf}
   * @param key from {@link #keyOf}
   */
  boolean take(long share, long key) {
    if (share == SCALE) {
      return true;
    }
    if (share == 0) {
      return false;
    }
    long position = seen.getAndIncrement();
    long block = position / BLOCK;
    int quota = quota(block, share, key);
    return quota > 0
        && permuted((int) (position - block * BLOCK), mix(key + block * GOLDEN)) < quota;
  }

  /** How many of a block are taken; what no block can take in full is spread over all of them. */
  private static int quota(long block, long share, long key) {
    long before = (block % BLOCK) * share + Long.remainderUnsigned(key, BLOCK);
    return (int) ((before + share) / BLOCK - before / BLOCK);
  }

  /** A Feistel network over 1,024 numbers; what falls outside of the block goes round again. */
  private static int permuted(int index, long key) {
    int number = index;
    do {
      int left = number >> HALF_BITS;
      int right = number & HALF;
      for (int round = 0; round < ROUNDS; round++) {
        int next = left ^ ((int) mix(key + (round << HALF_BITS) + right) & HALF);
        left = right;
        right = next;
      }
      number = left << HALF_BITS | right;
    } while (number >= BLOCK);
    return number;
  }

  /** SplitMix64's: each bit of the result depends on every bit. */
  private static long mix(long value) {
    long mixed = (value ^ value >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ mixed >>> 31;
  }

  /** The share that {@link #take} understands, of a percentage from 0 to 100. */
  static long shareOf(BigDecimal percent) {
    return percent.movePointRight(4).longValueExact();
  }

  /** The key of a name, an experiment's for example: the same each time, on every event loop. */
  static long keyOf(String name) {
    long key = GOLDEN;
    for (int i = 0; i < name.length(); i++) {
      key = mix(key * 31 + name.charAt(i));
    }
    return key;
  }
}
