package io.shadowsentinel.cli;

import io.shadowsentinel.model.BadInputException;
import io.shadowsentinel.model.Gate;
import io.shadowsentinel.model.GateBars;
import io.shadowsentinel.model.GateReport;
import io.shadowsentinel.model.GateReportWriter;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code sentinel validate-model}: exit 0 passed, 1 a bar was missed, 2 bad input. */
@Command(
    name = "validate-model",
    mixinStandardHelpOptions = true,
    description = "Measures a model on labelled rows and holds it against bars.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:passed", "1:a bar was missed", "2:bad input"})
@SuppressWarnings("NullAway.Init") // picocli sets what is required
public final class ValidateModelCommand implements Callable<Integer> {

  private static final int PASSED = 0;
  private static final int MISSED = 1;
  private static final int BAD_INPUT = 2;

  @Spec private CommandSpec spec;

  @Option(names = "--model", required = true, paramLabel = "FILE.onnx", description = "The model.")
  private Path model;

  @Option(
      names = "--data",
      required = true,
      paramLabel = "FILE.csv",
      description = "Labelled rows, plain or gzip; the last column is the label.")
  private Path data;

  @Option(
      names = "--min-accuracy",
      required = true,
      paramLabel = "X",
      description = "The share of rows it must get right, 0 to 1.")
  private BigDecimal minAccuracy;

  @Option(
      names = "--max-p99",
      required = true,
      paramLabel = "D",
      converter = LatencyConverter.class,
      description = "The longest p99 of one row, such as 500us, 5ms or 1s.")
  private Duration maxP99;

  @ArgGroup(exclusive = false)
  private @Nullable Against against;

  @Option(names = "--report", paramLabel = "FILE.json", description = "Where to write the figures.")
  private @Nullable Path report;

  /** A baseline and the bar for it; neither means anything alone. */
  @SuppressWarnings("NullAway.Init")
  static final class Against {
    @Option(
        names = "--baseline",
        required = true,
        paramLabel = "FILE.onnx",
        description = "The model to agree with.")
    private Path baseline;

    @Option(
        names = "--min-agreement",
        required = true,
        paramLabel = "X",
        description = "The share of rows on which the two must give the same label, 0 to 1.")
    private BigDecimal minAgreement;
  }

  @Override
  public Integer call() {
    try {
      GateBars bars =
          new GateBars(minAccuracy, maxP99, against == null ? null : against.minAgreement);
      GateReport measured = Gate.run(model, data, against == null ? null : against.baseline, bars);
      GateReportWriter writer = new GateReportWriter(measured);
      writer.table(spec.commandLine().getOut());
      if (report != null) {
        writer.json(report);
      }
      return measured.passed() ? PASSED : MISSED;
    } catch (BadInputException | IllegalArgumentException e) {
      return badInput(e.getMessage());
    } catch (IOException e) {
      return badInput(report + ": cannot be written: " + e);
    }
  }

  private int badInput(String message) {
    spec.commandLine().getErr().println(message);
    spec.commandLine().getErr().flush();
    return BAD_INPUT;
  }
}
