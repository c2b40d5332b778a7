/**
 * The gate that measures a model before it may be deployed: reads labelled rows, runs the model and
 * a baseline on them one row at a time, and holds the figures against bars. Entry type: {@link
 * io.shadowsentinel.gate.Gate}. Blocks, on the thread of its caller.
 */
@NullMarked
package io.shadowsentinel.gate;

import org.jspecify.annotations.NullMarked;
