package io.shadowsentinel.table;

/** What a wish for a route comes to. */
public sealed interface Transition {

  /** The route's state allows it: this is the route then. */
  record To(Route route) implements Transition {}

  /** The route's state does not allow it. {@code why} is a sentence for whoever asked. */
  record Refused(String why) implements Transition {}
}
