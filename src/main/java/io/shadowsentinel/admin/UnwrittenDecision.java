package io.shadowsentinel.admin;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import io.shadowsentinel.decide.Decision;

/**
 * A decision that is in force and not written down, as the API shows it: as any other, and {@code
 * "durable": false}.
 */
record UnwrittenDecision(@JsonUnwrapped Decision decision, boolean durable) {
  UnwrittenDecision(Decision decision) {
    this(decision, false);
  }
}
