/**
 * Where two answers differ. Entry type: {@link io.shadowsentinel.compare.diff.Differ}. Pure, any
 * thread.
 */
@NullMarked
package io.shadowsentinel.compare.diff;

import org.jspecify.annotations.NullMarked;
