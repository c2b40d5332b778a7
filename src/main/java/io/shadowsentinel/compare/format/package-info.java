/**
 * How each kind of model server writes its answers: where its rows, labels and confidences are.
 * Entry type: {@link io.shadowsentinel.compare.format.Formats}. Pure, any thread.
 */
@NullMarked
package io.shadowsentinel.compare.format;

import org.jspecify.annotations.NullMarked;
