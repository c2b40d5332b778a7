package io.shadowsentinel.alert;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;

/**
 * One alert on its way to one channel; the components are the members of its file.
 *
 * @param id see {@link Notice}
 * @param seq the decision's number
 * @param channel {@link ChannelSettings#id()}, not its URL, which may be a secret
 * @param type the channel's type, as in metrics
 * @param headers see {@link AlertChannel.Message}
 * @param body what is sent, the same at every attempt
 */
record OutboxEntry(
    String id,
    long seq,
    String channel,
    String type,
    String route,
    Instant enqueuedAt,
    Map<String, String> headers,
    String body) {

  OutboxEntry {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(channel, "channel");
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(route, "route");
    Objects.requireNonNull(enqueuedAt, "enqueuedAt");
    Objects.requireNonNull(body, "body");
    headers = Map.copyOf(headers);
  }

  /** Sorts as the decisions do; only characters that we chose, whatever the route is called. */
  String fileName() {
    return "%012d-%s.json".formatted(seq, id.substring(id.indexOf('-') + 1));
  }
}
