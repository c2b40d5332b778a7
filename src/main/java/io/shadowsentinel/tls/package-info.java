/**
 * TLS on either end: reads certificates and keys from their files, says what is wrong with them,
 * and follows them when they change. Entry type: {@link io.shadowsentinel.tls.TlsStore}. Reading
 * files is for threads that may block; what was read is immutable and for any thread.
 */
@NullMarked
package io.shadowsentinel.tls;

import org.jspecify.annotations.NullMarked;
