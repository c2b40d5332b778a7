/**
 * The routing table: immutable records, and pure functions from one table to the next. Entry type:
 * {@link io.shadowsentinel.route.RoutingTable}. Any thread. May import only {@code bus} and {@code
 * tls}.
 */
@NullMarked
package io.shadowsentinel.route;

import org.jspecify.annotations.NullMarked;
