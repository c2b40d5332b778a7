package io.shadowsentinel.proxy;

import com.google.re2j.Pattern;
import io.shadowsentinel.table.RequestRewrite;
import io.shadowsentinel.wire.Fields;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A {@link RequestRewrite}, compiled: made once for a routing table, applied to each request. Paths
 * are matched in time linear to their length, whatever the expression. Immutable, any thread.
 */
final class RequestRules {
  static final RequestRules NONE = new RequestRules(RequestRewrite.NONE);

  private final Map<String, String> setHeaders;
  private final @Nullable Pattern pattern;
  private final String replacement;

  /** What is done to the body, off the event loop; null for nothing. */
  final @Nullable BodyPatch bodyPatch;

  private RequestRules(RequestRewrite rewrite) {
    RequestRewrite.PathRewrite path = rewrite.path();
    setHeaders = rewrite.setHeaders();
    pattern = path == null ? null : Pattern.compile(path.pattern());
    replacement = path == null ? "" : path.replacement();
    bodyPatch = rewrite.patchBody() == null ? null : BodyPatch.of(rewrite.patchBody());
  }

  /**
   * Compiles the rules.
   *
   * @throws IllegalArgumentException for an expression or a patch that is none
   */
  static RequestRules of(RequestRewrite rewrite) {
    return rewrite.equals(RequestRewrite.NONE) ? NONE : new RequestRules(rewrite);
  }

  /** The target with its path rewritten: every match is replaced, the query stays. */
  String target(String target) {
    if (pattern == null || target.charAt(0) != '/') {
      return target;
    }
    String path = RequestTarget.path(target);
    return pattern.matcher(path).replaceAll(replacement) + target.substring(path.length());
  }

  /** Sets the fields, in the place of those of the same name. */
  void setHeaders(Fields headers) {
    if (!setHeaders.isEmpty()) {
      setHeaders.forEach(headers::set);
    }
  }
}
