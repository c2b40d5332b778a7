package io.shadowsentinel.app;

import java.lang.reflect.Proxy;
import java.util.List;
import java.util.function.IntConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends a process that is ending, once it is told a second time. The JVM itself passes over every
 * signal after the first. Whoever sends it means it, and nothing is lost by it that {@code kill -9}
 * would not lose.
 */
final class SecondSignal {
  private static final Logger log = LoggerFactory.getLogger(SecondSignal.class);

  private static final List<String> NAMES = List.of("TERM", "INT", "HUP");

  private SecondSignal() {}

  /**
   * From now on the next signal ends the process.
   *
   * @param halt ends it with an exit code: 128 and the signal's number, as shells have it
   */
  static void endsAtOnce(IntConsumer halt) {
    for (String name : NAMES) {
      try {
        handle(name, halt);
      } catch (ReflectiveOperationException | RuntimeException e) {
        // On a JVM that leaves signals alone (-Xrs), the first one has ended it already.
        log.debug("SIG{} is not ours to handle: {}", name, e.toString());
      }
    }
  }

  /**
   * By reflection, since the compiler warns of {@code sun.misc.Signal} and that cannot be turned
   * off. The class is in the module {@code jdk.unsupported}, which every JDK has for want of an
   * API.
   */
  private static void handle(String name, IntConsumer halt) throws ReflectiveOperationException {
    Class<?> signalClass = Class.forName("sun.misc.Signal");
    Class<?> handlerClass = Class.forName("sun.misc.SignalHandler");
    Object signal = signalClass.getConstructor(String.class).newInstance(name);
    int number = (int) signalClass.getMethod("getNumber").invoke(signal);
    Object handler =
        Proxy.newProxyInstance(
            SecondSignal.class.getClassLoader(),
            new Class<?>[] {handlerClass},
            (self, method, arguments) -> {
              if (method.getName().equals("handle")) {
                log.warn("told to stop a second time, by SIG{}: stopped at once", name);
                halt.accept(128 + number);
              }
              return null;
            });
    signalClass.getMethod("handle", signalClass, handlerClass).invoke(null, signal, handler);
  }
}
