package io.shadowsentinel.wire;

/**
 * A request but for its body, with nothing in it that another reader could read otherwise.
 *
 * @param target in origin form, or {@code *}
 * @param http10 true for HTTP/1.0
 * @param bodyBytes -1 for a body in chunks
 */
public record RequestHead(
    String method, String target, boolean http10, Fields fields, long bodyBytes) {}
