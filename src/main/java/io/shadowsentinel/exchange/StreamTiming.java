package io.shadowsentinel.exchange;

/**
 * When the parts of a streamed answer came. A fact about a model, never a disagreement. A chunk is
 * what came off the connection at once, which may be several events or a part of one.
 *
 * @param firstChunkNanos from the request's start to the first chunk, in nanoseconds
 * @param chunks how many came, 1 or more
 * @param maxGapNanos the longest time between two chunks, 0 when none was measured. The time for
 *     which the user, not the model, was waited for is not measured
 * @param meanGapNanos the mean of those times, 0 when none was measured
 */
public record StreamTiming(long firstChunkNanos, int chunks, long maxGapNanos, long meanGapNanos) {}
