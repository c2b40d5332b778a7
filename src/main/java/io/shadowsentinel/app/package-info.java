/**
 * The running instance: wires the verticles, reloads the config, starts and ends in order; log and
 * meters of the process. Entry type: {@link io.shadowsentinel.app.Instance}. Any thread; what
 * blocks says so.
 */
@NullMarked
package io.shadowsentinel.app;

import org.jspecify.annotations.NullMarked;
