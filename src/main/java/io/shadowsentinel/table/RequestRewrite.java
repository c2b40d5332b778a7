package io.shadowsentinel.table;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a request to the challenger has otherwise than the user's, so that the name or version of a
 * model in its path or body may differ. Text only: who sends the request compiles it.
 *
 * @param setHeaders fields that replace the user's of the same name, or are added; names in the
 *     config's order and case, legal and end-to-end
 * @param path null leaves the path as it is
 * @param patchBody a JSON Patch (RFC 6902) as JSON text, for the request's body; null leaves it as
 *     it is
 */
public record RequestRewrite(
    Map<String, String> setHeaders, @Nullable PathRewrite path, @Nullable String patchBody) {

  /** The request goes to the challenger as the user sent it. */
  public static final RequestRewrite NONE = new RequestRewrite(Map.of(), null, null);

  /**
   * What is put in the place of each match in the request's path, without its query.
   *
   * @param pattern an RE2 expression
   * @param replacement begins with {@code /}; {@code $1} or <code>${name}</code> stand for a group
   */
  public record PathRewrite(String pattern, String replacement) {}

  public RequestRewrite {
    setHeaders = Collections.unmodifiableMap(new LinkedHashMap<>(setHeaders));
  }

  /**
   * True when the body is changed. Users' bodies are streamed and never changed, so that such a
   * challenger cannot take the champion's place.
   */
  public boolean patchesBody() {
    return patchBody != null;
  }

  /** Shows the headers' names only: a value may be a credential. */
  @Override
  public String toString() {
    return "RequestRewrite[setHeaders="
        + setHeaders.keySet()
        + ", path="
        + path
        + ", patchBody="
        + patchBody
        + "]";
  }
}
