package io.shadowsentinel.alert;

import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * The protocol of one receiver: turns what happened into the request that tells of it. Pure and
 * immutable; delivery, order and retries are the same for all. Another protocol is one more
 * implementation and one more line in {@link #of}.
 */
interface AlertChannel {

  /** Where the request goes, by {@code POST}. */
  URI target();

  /** What this channel is told, or empty when it is told nothing of it. */
  Optional<Message> render(Notice notice);

  /**
   * A request to be.
   *
   * @param headers beyond those that every request carries; never a secret, as they are stored
   * @param body JSON
   */
  record Message(Map<String, String> headers, String body) {
    public Message {
      headers = Map.copyOf(headers);
    }
  }

  /** The channel that the settings ask for. */
  static AlertChannel of(ChannelSettings settings) {
    return switch (settings.type()) {
      case WEBHOOK -> new WebhookChannel(settings);
      case SLACK -> new SlackChannel(settings);
      case ALERTMANAGER -> new AlertmanagerChannel(settings);
    };
  }
}
