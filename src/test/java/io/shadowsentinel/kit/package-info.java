/**
 * What integration tests are made of: an upstream that misbehaves on demand, a client that sends
 * and keeps exact bytes, and waiting without sleeping. Entry types: {@link
 * io.shadowsentinel.kit.FakeUpstream} and {@link io.shadowsentinel.kit.RawClient}. Any thread but
 * an event loop, for these calls block. May import nothing of ours.
 */
@NullMarked
package io.shadowsentinel.kit;

import org.jspecify.annotations.NullMarked;
