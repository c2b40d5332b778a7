/**
 * HTTP as bytes: what a head, a body's framing and a field may be, read and written as strictly as
 * the RFCs let it be. Knows of no socket, no route and no model. Entry types: {@link
 * io.shadowsentinel.wire.RequestParser}, {@link io.shadowsentinel.wire.AnswerParser} and {@link
 * io.shadowsentinel.wire.RequestEncoder}, each bound to one event loop.
 */
@NullMarked
package io.shadowsentinel.wire;

import org.jspecify.annotations.NullMarked;
