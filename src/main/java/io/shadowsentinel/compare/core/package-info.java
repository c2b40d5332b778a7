/**
 * The nouns of a comparison: settings, what an answer reads as, outcome and verdict, what is seen
 * on the way. Entry type: {@link io.shadowsentinel.compare.core.Verdict}. Immutable but for {@link
 * io.shadowsentinel.compare.core.NoiseModel}, any thread.
 */
@NullMarked
package io.shadowsentinel.compare.core;

import org.jspecify.annotations.NullMarked;
