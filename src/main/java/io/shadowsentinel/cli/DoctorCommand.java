package io.shadowsentinel.cli;

import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.doctor.Doctor;
import io.shadowsentinel.doctor.DoctorReport;
import io.shadowsentinel.doctor.Finding;
import io.shadowsentinel.recorded.BadLineException;
import io.shadowsentinel.recorded.ProbeFile;
import io.shadowsentinel.recorded.RecordedRequest;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel doctor}: whether a config would work here and now, and what to do where it would
 * not. Starts nothing, changes nothing, and may be called beside a running instance.
 */
@Command(
    name = "doctor",
    mixinStandardHelpOptions = true,
    description =
        "Looks at what a config needs: upstreams, formats, alert receivers, clock, state directory,"
            + " ports, token, file limits; and says in words what is wrong.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {
      "0:nothing is wrong, at most warnings",
      "1:something is wrong",
      "2:the config, the probe or the call is not valid"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final int WRONG = 1;
  private static final Duration AT_MOST = Duration.ofSeconds(10);
  private static final long MAX_CONNECTIONS = 10_000_000;

  @Spec private @Nullable CommandSpec spec;

  @Option(
      names = "--config",
      required = true,
      paramLabel = "FILE",
      description = "The config: YAML, or JSON when its name ends in .json.")
  private @Nullable Path file;

  @Option(
      names = "--probe",
      paramLabel = "FILE.jsonl",
      description =
          "Send the first request for each route in this recording to both models, and read the"
              + " answers. One JSON object a line, as for replay. Without it only a GET is sent.")
  private @Nullable Path probe;

  @Option(
      names = "--connections",
      paramLabel = "N",
      defaultValue = "1000",
      description = "Connections of users at once to plan for (default: ${DEFAULT-VALUE}).")
  private long connections = 1000;

  @Option(names = "--json", description = "Print JSON.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException, ExecutionException {
    if (spec == null || file == null) {
      throw new IllegalStateException("not run by picocli");
    }
    CommandLine line = spec.commandLine();
    if (connections < 1 || connections > MAX_CONNECTIONS) {
      throw usage("--connections: " + connections + " (expected 1.." + MAX_CONNECTIONS + ")");
    }
    if (probe != null && (!Files.isReadable(probe) || Files.isDirectory(probe))) {
      throw usage("--probe: " + probe + " (expected a file that can be read)");
    }
    PrintWriter err = line.getErr();
    ConfigResult result = ConfigLoader.load(file, System::getenv);
    if (result instanceof ConfigResult.Rejected rejected) {
      rejected.faults().forEach(err::println);
      err.flush();
      return CommandFaults.BAD_INPUT;
    }
    SentinelConfig config = ((ConfigResult.Loaded) result).config();
    Map<String, RecordedRequest> probes;
    try {
      probes = probe == null ? Map.of() : ProbeFile.read(probe, config.routes());
    } catch (IOException | BadLineException e) {
      err.println(Printable.describe(e));
      err.flush();
      return CommandFaults.BAD_INPUT;
    }
    int routes = config.routes().size();
    List<Finding> findings = new ArrayList<>();
    findings.add(
        Finding.ok("config", file.toString(), routes + (routes == 1 ? " route" : " routes")));
    findings.addAll(
        new Doctor(config, probes, AT_MOST, Clock.systemUTC())
            .findings(connections, System.getenv(AdminConfig.TOKEN_VARIABLE)));
    DoctorReport report = new DoctorReport(file, findings);
    if (json) {
      report.printJson(line.getOut());
    } else {
      report.printTable(line.getOut());
    }
    return report.failed() ? WRONG : 0;
  }

  private CommandLine.ParameterException usage(String what) {
    if (spec == null) {
      throw new IllegalStateException("not run by picocli");
    }
    return new CommandLine.ParameterException(spec.commandLine(), what);
  }
}
