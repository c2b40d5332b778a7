/**
 * Tells people and their tools of decisions: webhook, Slack, Alertmanager. What has to be told is
 * written to an outbox first, so that it is told at least once, whatever stops in between. Entry
 * type: {@link io.shadowsentinel.alert.AlertVerticle}, one for a process, a worker.
 */
@NullMarked
package io.shadowsentinel.alert;

import org.jspecify.annotations.NullMarked;
