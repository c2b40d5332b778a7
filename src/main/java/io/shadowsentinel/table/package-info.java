/**
 * The routing table: immutable records, and pure functions from one table to the next. Entry type:
 * {@link io.shadowsentinel.table.RoutingTable}. Any thread.
 */
@NullMarked
package io.shadowsentinel.table;

import org.jspecify.annotations.NullMarked;
