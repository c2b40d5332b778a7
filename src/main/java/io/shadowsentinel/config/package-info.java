/**
 * The configuration: a YAML or JSON file bound to immutable records, with every fault named by
 * file, line and column, and a watch that reports each new content of the file once. Entry types:
 * {@link io.shadowsentinel.config.ConfigLoader} (any thread, blocks on file reads) and {@link
 * io.shadowsentinel.config.ConfigWatcher} (own daemon thread).
 */
@NullMarked
package io.shadowsentinel.config;

import org.jspecify.annotations.NullMarked;
