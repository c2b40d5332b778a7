/** The command line. Entry type: {@code Main}. Each command runs on the main thread. */
@NullMarked
package io.shadowsentinel.cli;

import org.jspecify.annotations.NullMarked;
