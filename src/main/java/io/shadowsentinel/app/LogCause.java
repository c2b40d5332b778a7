package io.shadowsentinel.app;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.pattern.ThrowableHandlingConverter;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.classic.spi.ThrowableProxyUtil;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * Says of what was thrown its class, its message, and the place where it was thrown, in the
 * project's own code if there is one on the way, and the same of its causes. Never its stack, which
 * a stranger could ask for with each request; whoever sets the level to DEBUG gets that as well.
 */
final class LogCause extends ThrowableHandlingConverter {
  static final int MAX_MESSAGE = 500;

  private static final int MAX_CAUSES = 4;
  private static final String OURS = "io.shadowsentinel.";

  @Override
  public String convert(ILoggingEvent event) {
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown == null) {
      return "";
    }
    if (isVerbose()) {
      return ThrowableProxyUtil.asString(thrown);
    }
    StringBuilder said = new StringBuilder("- ");
    int causes = 0;
    for (IThrowableProxy each = thrown; each != null && causes < MAX_CAUSES; causes++) {
      append(said.append(causes == 0 ? "" : ", caused by "), each);
      each = each.getCause();
    }
    return said.toString();
  }

  private boolean isVerbose() {
    return getContext() instanceof LoggerContext loggers
        && Level.DEBUG.isGreaterOrEqual(
            loggers.getLogger(Logger.ROOT_LOGGER_NAME).getEffectiveLevel());
  }

  private static void append(StringBuilder said, IThrowableProxy thrown) {
    said.append(thrown.getClassName());
    String message = thrown.getMessage();
    if (message != null) {
      said.append(": ").append(message, 0, Math.min(message.length(), MAX_MESSAGE));
    }
    String place = place(thrown);
    if (place != null) {
      said.append(" (").append(place).append(')');
    }
  }

  private static @Nullable String place(IThrowableProxy thrown) {
    StackTraceElementProxy[] stack = thrown.getStackTraceElementProxyArray();
    if (stack == null || stack.length == 0) {
      return null;
    }
    String top = place(stack[0]);
    Optional<String> ours =
        Arrays.stream(stack).map(LogCause::place).filter(LogCause::isOurs).findFirst();
    return ours.isEmpty() || isOurs(top) ? top : top + " from " + ours.get();
  }

  private static String place(StackTraceElementProxy frame) {
    StackTraceElement element = frame.getStackTraceElement();
    return element.getClassName() + "." + element.getMethodName() + ":" + element.getLineNumber();
  }

  private static boolean isOurs(String place) {
    return place.startsWith(OURS);
  }
}
