/**
 * Text that came from somewhere else, made fit for a message. Entry type: {@link
 * io.shadowsentinel.text.Printable}. Any thread. May import nothing of ours.
 */
@NullMarked
package io.shadowsentinel.text;

import org.jspecify.annotations.NullMarked;
