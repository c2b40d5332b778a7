/**
 * Looks at a config's surroundings before it is run: hosts, upstreams, probes, the state directory.
 * Entry type: {@link io.shadowsentinel.doctor.Doctor}. Blocks, on the thread of its caller.
 */
@NullMarked
package io.shadowsentinel.doctor;

import org.jspecify.annotations.NullMarked;
