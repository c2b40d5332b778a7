/**
 * Asks a model whether two texts say the same, within an allowance. Entry type: {@link
 * io.shadowsentinel.compare.judge.Judge}. Never blocks; its futures are completed by any thread.
 */
@NullMarked
package io.shadowsentinel.compare.judge;

import org.jspecify.annotations.NullMarked;
