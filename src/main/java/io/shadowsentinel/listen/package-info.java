/**
 * Users' connections: sockets in, limits and admission, HTTP/1.1 and HTTP/2 checked before any
 * model is asked, drain. Knows of no route. Entry types: {@link io.shadowsentinel.listen.Listener}
 * and {@link io.shadowsentinel.listen.UserConnections}, one for each event loop and bound to it;
 * what the loops share is in {@link io.shadowsentinel.listen.Admission}.
 */
@NullMarked
package io.shadowsentinel.listen;

import org.jspecify.annotations.NullMarked;
