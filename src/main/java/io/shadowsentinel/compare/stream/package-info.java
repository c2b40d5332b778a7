/**
 * From the bytes of an answer to one JSON document: content encodings, and streams of events that
 * make up an answer. Entry type: {@link io.shadowsentinel.compare.stream.StreamAssembler}. Pure,
 * any thread.
 */
@NullMarked
package io.shadowsentinel.compare.stream;

import org.jspecify.annotations.NullMarked;
