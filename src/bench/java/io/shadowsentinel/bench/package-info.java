/** The Java part of {@code bench/run}: load, bad challengers, and the comparison under JMH. */
package io.shadowsentinel.bench;
