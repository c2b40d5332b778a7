/**
 * Typed addresses on the local event bus, and the codec that sends a message by reference. Entry
 * type: {@link io.shadowsentinel.bus.Channel}. Any thread. May import nothing of ours; every other
 * package may import it.
 */
@NullMarked
package io.shadowsentinel.bus;

import org.jspecify.annotations.NullMarked;
