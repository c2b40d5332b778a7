package io.shadowsentinel.recorded;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A request of a recording.
 *
 * @param method upper case
 * @param target path and query, beginning with {@code /}
 * @param headers in the order of the recording
 * @param body empty for none
 */
@SuppressWarnings("ArrayRecordComponent") // bytes are handed over, not compared as a record
public record RecordedRequest(
    String method, String target, List<Map.Entry<String, String>> headers, byte[] body) {

  /** The path without its query. */
  public String path() {
    int query = target.indexOf('?');
    return query < 0 ? target : target.substring(0, query);
  }

  /** The first value of a header, in any case; null when it has none. */
  public @Nullable String header(String name) {
    for (Map.Entry<String, String> field : headers) {
      if (field.getKey().equalsIgnoreCase(name)) {
        return field.getValue();
      }
    }
    return null;
  }

  /** The host that the {@code Host} header names, without its port; null when there is none. */
  public @Nullable String host() {
    String authority = header("Host");
    return authority == null ? null : authority.replaceFirst(":[0-9]*$", "");
  }
}
