package io.shadowsentinel.decide;

import io.shadowsentinel.bus.Channel;

/**
 * An operator's wish for a route. Answered with a {@link CommandResult}.
 *
 * @param reason kept in the decision log; may be empty
 * @param origin where the call came from, an address for example
 */
public record OperatorCommand(String route, Decision.Action action, String reason, String origin) {

  public static final Channel<OperatorCommand> CHANNEL =
      new Channel<>("sentinel.command", OperatorCommand.class);
}
