package io.shadowsentinel.cli;

import java.io.Console;
import java.lang.reflect.Method;

/** Tells whether a person reads the output. */
final class Terminal {
  private Terminal() {}

  /**
   * True when standard input and output are a terminal. Until JDK 21 there is a console only then;
   * from 22 on there always is one, and it says itself by a method that 17 does not have.
   */
  @SuppressWarnings("SystemConsoleNull") // both ways of asking are here
  static boolean isInteractive() {
    Console console = System.console();
    if (console == null) {
      return false;
    }
    try {
      Method isTerminal = Console.class.getMethod("isTerminal");
      return (boolean) isTerminal.invoke(console);
    } catch (NoSuchMethodException before22) {
      return true;
    } catch (ReflectiveOperationException e) {
      return false;
    }
  }
}
