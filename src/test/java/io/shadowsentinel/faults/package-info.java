/**
 * The product among things that fail: processes killed, disks full, networks that lose, users who
 * leave. Each class has a short form, which every run of the tests includes, and a long one with
 * the tag {@code faults}, for {@code ./sentinel test --faults}. What is left to chance comes from a
 * seed that is printed, and {@code -Dfaults.seed=N} repeats it. Moments are awaited and never
 * timed: what took long is printed, and fails nothing.
 */
@NullMarked
package io.shadowsentinel.faults;

import org.jspecify.annotations.NullMarked;
