package io.shadowsentinel.model;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a model, checked against what the model takes.
 *
 * @param id to be given back; null when the client sent none
 * @param outputs the outputs asked for, in that order; empty for all
 */
record InferenceRequest(@Nullable String id, List<Tensor> inputs, Set<String> outputs) {}
