/**
 * Calls to models: pools of connections over HTTP/1.1 and HTTP/2, in clear and by TLS, and what an
 * upstream does wrong, in words. Entry type: {@link io.shadowsentinel.upstream.UpstreamClients},
 * one for each event loop and bound to it.
 */
@NullMarked
package io.shadowsentinel.upstream;

import org.jspecify.annotations.NullMarked;
