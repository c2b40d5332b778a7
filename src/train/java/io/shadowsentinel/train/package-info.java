/**
 * Trains the demo's models and writes the small ONNX files that the tests load. Entry types: {@link
 * io.shadowsentinel.train.TrainDigits} and {@link io.shadowsentinel.train.WriteFixtures}. Run by
 * the Maven profile {@code train}; never part of the product. May import nothing of ours.
 */
@NullMarked
package io.shadowsentinel.train;

import org.jspecify.annotations.NullMarked;
