/**
 * The dashboard as its users have it: the jar in a process of its own, real upstreams, and Debian's
 * Chromium. One browser for all tests; each begins with an empty page.
 */
@NullMarked
package io.shadowsentinel.browser;

import org.jspecify.annotations.NullMarked;
