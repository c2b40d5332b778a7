package io.shadowsentinel.alert;

import io.shadowsentinel.bus.Channel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The alert channels as the config now has them.
 *
 * @param channels no two of the same type and URL; none turns alerts off
 */
public record AlertSettings(List<ChannelSettings> channels) {

  /**
   * Replaces the channels. Answered with {@link Applied}. What waits for a channel that is gone is
   * dropped and counted; a channel that stays keeps what waits for it.
   */
  public static final Channel<AlertSettings> CHANNEL =
      new Channel<>("sentinel.alerts.reconfigure", AlertSettings.class);

  /**
   * The new channels are in use.
   *
   * @param dropped how many waiting alerts lost their channel
   */
  public record Applied(int dropped) {}

  /**
   * @throws IllegalArgumentException if a channel is there twice
   */
  public AlertSettings {
    channels = List.copyOf(channels);
    Set<String> seen = new HashSet<>();
    for (ChannelSettings channel : channels) {
      if (!seen.add(channel.id())) {
        throw new IllegalArgumentException(
            "alerts: " + channel + " twice (expected each type and url once)");
      }
    }
  }
}
