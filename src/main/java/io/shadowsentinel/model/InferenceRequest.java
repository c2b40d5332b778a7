package io.shadowsentinel.model;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of a model, checked against what the model takes.
 *
 * @param id to be given back; null when the client sent none
 * @param outputs the outputs asked for, in that order; empty for all
 * @param binaryByDefault whether outputs are wanted as bytes behind the JSON
 * @param binary those outputs of which that was said by name
 */
record InferenceRequest(
    @Nullable String id,
    List<Tensor> inputs,
    Set<String> outputs,
    boolean binaryByDefault,
    Map<String, Boolean> binary) {

  boolean wantsBinary(String output) {
    return binary.getOrDefault(output, binaryByDefault);
  }
}
