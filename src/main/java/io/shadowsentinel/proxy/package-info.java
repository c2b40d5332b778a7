/**
 * The reverse proxy: forwards each request to the champion, and copies it to the challenger where
 * the route says so. Entry type: {@link io.shadowsentinel.proxy.ProxyVerticle}, one for each event
 * loop; what a request needs lives on that loop alone, what the loops share is in {@link
 * io.shadowsentinel.proxy.SharedMirrors}.
 */
@NullMarked
package io.shadowsentinel.proxy;

import org.jspecify.annotations.NullMarked;
