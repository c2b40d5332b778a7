/**
 * Evidence, the rule, the state machine and the state directory. Entry type: {@code
 * DecisionVerticle}, one for a process, a worker; the rest is pure.
 */
@NullMarked
package io.shadowsentinel.decide;

import org.jspecify.annotations.NullMarked;
