/**
 * The admin port: the JSON API, the event stream, Prometheus metrics, health and the dashboard. It
 * reads by {@code Queries} and acts by {@code OperatorCommand} over the event bus, and holds no
 * state of the product itself. Entry type: {@link io.shadowsentinel.admin.AdminVerticle}, one for a
 * process, on an event loop.
 */
@NullMarked
package io.shadowsentinel.admin;

import org.jspecify.annotations.NullMarked;
