/**
 * Typed addresses on the local event bus, and the codec that sends a message by reference. Entry
 * type: {@link io.shadowsentinel.bus.Channel}. Any thread.
 */
@NullMarked
package io.shadowsentinel.bus;

import org.jspecify.annotations.NullMarked;
