/**
 * What the proxy tells the comparison about a mirrored request. It stands apart because neither may
 * import the other. Entry type: {@link io.shadowsentinel.exchange.Exchange}. Immutable, any thread.
 */
@NullMarked
package io.shadowsentinel.exchange;

import org.jspecify.annotations.NullMarked;
