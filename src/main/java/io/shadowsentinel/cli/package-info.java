/**
 * The command line, and the only place that wires the packages together. Entry type: {@code Main}.
 * Each command runs on the main thread. May import every package of ours.
 */
@NullMarked
package io.shadowsentinel.cli;

import org.jspecify.annotations.NullMarked;
