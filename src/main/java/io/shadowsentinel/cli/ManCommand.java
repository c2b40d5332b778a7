package io.shadowsentinel.cli;

import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code sentinel man}: the manual page, made of what the commands say of themselves. */
@Command(
    name = "man",
    mixinStandardHelpOptions = true,
    description = {
      "Prints the manual page. To read it, or to install it:",
      "  sentinel man | man -l -",
      "  sentinel man > /usr/local/share/man/man1/sentinel.1"
    })
final class ManCommand implements Callable<Integer> {
  @Spec private @Nullable CommandSpec spec;

  @Override
  public Integer call() {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    PrintWriter out = spec.commandLine().getOut();
    out.print(ManPage.of(spec.root(), Version.number()));
    out.flush();
    return 0;
  }
}
