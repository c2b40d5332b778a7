package io.shadowsentinel.proxy;

import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.wire.HeaderRules;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What a route's challenger would get of a request, for who sends it by hand and not through the
 * proxy. Follows the route's rules for headers, path and body.
 *
 * @param target path and query
 * @param headers in the request's order, with what is added for a shadow; {@code Host} only where
 *     the route preserves it
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
public record ChallengerRequest(
    String target, List<Map.Entry<String, String>> headers, byte[] body) {

  /**
   * The request for the challenger; not for an event loop.
   *
   * @throws IllegalArgumentException when the route's {@code patchBody} does not fit it
   */
  public static ChallengerRequest of(
      MirrorSettings settings,
      String target,
      List<Map.Entry<String, String>> headers,
      byte[] body) {
    RequestRules rules = RequestRules.of(settings.rewrite());
    byte[] sent = body;
    if (rules.bodyPatch != null && body.length > 0) {
      try {
        sent = rules.bodyPatch.apply(body, settings.maxBodyBytes());
      } catch (UnpatchableException e) {
        throw new IllegalArgumentException("mirror.patchBody: " + e.getMessage(), e);
      }
    }
    Map<String, String> set = settings.rewrite().setHeaders();
    List<Map.Entry<String, String>> fields = new ArrayList<>();
    for (Map.Entry<String, String> field : headers) {
      String name = field.getKey().toLowerCase(Locale.ROOT);
      boolean replaced = set.keySet().stream().anyMatch(name::equalsIgnoreCase);
      boolean host = name.equals("host") && !settings.preserveHost();
      if (!replaced && !host && !settings.removeHeaders().contains(name)) {
        fields.add(field);
      }
    }
    fields.addAll(set.entrySet());
    fields.add(Map.entry(HeaderRules.SHADOW_REQUEST.toString(), "true"));
    return new ChallengerRequest(rules.target(target), List.copyOf(fields), sent);
  }
}
