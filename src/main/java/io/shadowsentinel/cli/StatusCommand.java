package io.shadowsentinel.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Shows the routes of a running instance, once or each second. */
@Command(
    name = "status",
    mixinStandardHelpOptions = true,
    exitCodeListHeading = "Exit codes:%n",
    exitCodeList = {
      "0:done",
      "1:the instance said no",
      "2:the call is wrong",
      "3:no running instance can be reached"
    },
    description = "Show routes, states, rates and the progress to the decision.")
public final class StatusCommand implements Callable<Integer> {
  private static final String CLEAR_SCREEN = "\u001b[H\u001b[2J";
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** Decides whether and when to look again. */
  @FunctionalInterface
  interface Pace {
    /** Waits; false to stop. */
    boolean next() throws InterruptedException;
  }

  @Spec private @Nullable CommandSpec spec;

  @Mixin final AdminOptions admin = new AdminOptions();

  @Option(names = "--json", description = "Print the API's JSON; with --watch one line each time.")
  private boolean json;

  @Option(names = "--watch", description = "Look again each second, until Ctrl-C.")
  private boolean watch;

  private final Pace pace;
  private final boolean terminal;

  /** For picocli. */
  public StatusCommand() {
    this(everySecond(), CommandLine.Help.Ansi.AUTO.enabled());
  }

  /**
   * @param terminal true when the output is one, whose screen can be cleared
   */
  StatusCommand(Pace pace, boolean terminal) {
    this.pace = pace;
    this.terminal = terminal;
  }

  @Override
  public Integer call() throws InterruptedException {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    AdminClient client = admin.client();
    int first = show(client, out, err);
    // A watch that began goes on over a restart of the instance, but one that never began is over.
    if (watch && first == AdminAnswers.DONE) {
      while (pace.next()) {
        show(client, out, err);
      }
    }
    return first;
  }

  private int show(AdminClient client, PrintWriter out, PrintWriter err) {
    AdminReply reply = client.routes();
    if (reply instanceof AdminReply.Ok ok) {
      print(ok.body(), out);
    } else {
      err.println("status: " + AdminAnswers.complaint(reply));
      err.flush();
    }
    return AdminAnswers.exitCode(reply);
  }

  private void print(JsonNode routes, PrintWriter out) {
    if (json) {
      out.println(text(routes));
    } else {
      if (watch && terminal) {
        out.print(CLEAR_SCREEN);
      }
      StatusTable.lines(routes).forEach(out::println);
      if (watch && !terminal) {
        out.println();
      }
    }
    out.flush();
  }

  private String text(JsonNode routes) {
    ObjectWriter writer = watch ? JSON.writer() : JSON.writerWithDefaultPrettyPrinter();
    try {
      return writer.writeValueAsString(routes);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("cannot write what was read as JSON", e);
    }
  }

  private static Pace everySecond() {
    CountDownLatch never = new CountDownLatch(1);
    return () -> !never.await(1, TimeUnit.SECONDS);
  }
}
