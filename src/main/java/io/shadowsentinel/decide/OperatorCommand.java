package io.shadowsentinel.decide;

import io.shadowsentinel.bus.Channel;
import org.jspecify.annotations.Nullable;

/**
 * An operator's wish for a route. Answered with a {@link CommandResult}.
 *
 * @param reason kept in the decision log; may be empty
 * @param who the operator's name, or null when it is not known
 * @param origin where the call came from, an address for example
 */
public record OperatorCommand(
    String route, Decision.Action action, String reason, @Nullable String who, String origin) {

  public static final Channel<OperatorCommand> CHANNEL =
      new Channel<>("sentinel.command", OperatorCommand.class);

  /** The wish of somebody without a name. */
  public OperatorCommand(String route, Decision.Action action, String reason, String origin) {
    this(route, action, reason, null, origin);
  }
}
