/**
 * Compares a champion's answer with a challenger's. Entry type: {@link
 * io.shadowsentinel.compare.Comparator}. Any thread, but for {@code ComparisonVerticle}, a worker.
 */
@NullMarked
package io.shadowsentinel.compare;

import org.jspecify.annotations.NullMarked;
