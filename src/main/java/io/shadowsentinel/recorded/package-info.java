/**
 * Requests that were recorded in files, one a line, for probes and replays. Entry type: {@link
 * io.shadowsentinel.recorded.RecordedRequestParser}. Reading blocks; what was read is immutable.
 */
@NullMarked
package io.shadowsentinel.recorded;

import org.jspecify.annotations.NullMarked;
