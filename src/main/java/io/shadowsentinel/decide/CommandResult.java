package io.shadowsentinel.decide;

/** What became of an {@link OperatorCommand}. */
public sealed interface CommandResult {

  /** It is done, written down and announced. */
  record Done(RouteStatus route) implements CommandResult {}

  /** There is no such route. */
  record NoSuchRoute(String name) implements CommandResult {}

  /** The route's state does not allow it; nothing was changed. */
  record Refused(RouteStatus route, String why) implements CommandResult {}

  /** It could not be written down, so it was not done. */
  record NotStored(String why) implements CommandResult {}
}
