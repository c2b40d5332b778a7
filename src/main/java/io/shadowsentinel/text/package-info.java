/**
 * Text that came from somewhere else, made fit for a message; and a bound on how often a message
 * comes. Entry type: {@link io.shadowsentinel.text.Printable}. Any thread.
 */
@NullMarked
package io.shadowsentinel.text;

import org.jspecify.annotations.NullMarked;
