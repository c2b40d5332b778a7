/**
 * Compares a champion's answer with a challenger's. Entry type: {@link
 * io.shadowsentinel.compare.Comparator}. Pure Java and Jackson, any thread, but for {@code
 * ComparisonVerticle}, a worker. May import {@code bus}, {@code tls}, {@code exchange} and {@code
 * route}.
 */
@NullMarked
package io.shadowsentinel.compare;

import org.jspecify.annotations.NullMarked;
