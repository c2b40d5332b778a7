package io.shadowsentinel.cli;

import io.shadowsentinel.gate.BadInputException;
import io.shadowsentinel.gate.ConflictSource;
import io.shadowsentinel.gate.DataOptions;
import io.shadowsentinel.gate.Gate;
import io.shadowsentinel.gate.GateBars;
import io.shadowsentinel.gate.GateReport;
import io.shadowsentinel.gate.GateRequest;
import io.shadowsentinel.gate.PairedBars;
import io.shadowsentinel.gate.Quality;
import io.shadowsentinel.gate.RecallBars;
import io.shadowsentinel.gate.report.ConfusionDiagram;
import io.shadowsentinel.gate.report.ReliabilityDiagram;
import io.shadowsentinel.gate.report.ReportFormat;
import io.shadowsentinel.gate.report.TextReport;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
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
      paramLabel = "FILE",
      description =
          "Labelled rows, CSV or JSON Lines, plain or gzip; the label is the column 'label', else"
              + " the last.")
  private Path data;

  @ArgGroup(multiplicity = "1")
  private Task task;

  /** The bar that says what the model is for. */
  @SuppressWarnings("NullAway.Init")
  static final class Task {
    @Option(
        names = "--min-accuracy",
        required = true,
        paramLabel = "X",
        description = "For a classifier: the share of rows it must get right, 0 to 1.")
    private @Nullable BigDecimal minAccuracy;

    @Option(
        names = "--max-rmse",
        required = true,
        paramLabel = "X",
        description = "For a regressor: the largest root mean squared error.")
    private @Nullable BigDecimal maxRmse;

    boolean isForClasses() {
      return minAccuracy != null;
    }
  }

  @Option(
      names = "--max-p99",
      required = true,
      paramLabel = "D",
      converter = LatencyConverter.class,
      description = "The longest p99 of one row, such as 500us, 5ms or 1s.")
  private Duration maxP99;

  @Option(
      names = "--min-recall",
      paramLabel = "[CLASS=]X",
      description =
          "The share of each class's rows it must get right, 0 to 1; with CLASS=, of that class."
              + " May be given several times.")
  private List<String> minRecall = new ArrayList<>();

  @ArgGroup(exclusive = false)
  private @Nullable Against against;

  /** A baseline and the bars for it; neither means anything alone. */
  @SuppressWarnings("NullAway.Init")
  static final class Against {
    @Option(
        names = "--baseline",
        required = true,
        paramLabel = "FILE.onnx",
        description = "The model to stand beside, with one of the next three bars at least.")
    private Path baseline;

    @Option(
        names = "--min-agreement",
        paramLabel = "X",
        description = "The share of rows on which both must answer the same, 0 to 1.")
    private @Nullable BigDecimal minAgreement;

    @Option(
        names = "--max-regression-p",
        paramLabel = "P",
        description =
            "It is missed when the model loses more rows than it wins, and that would come by"
                + " chance with this probability or less (McNemar's exact test, one-sided);"
                + " 0.05 is usual.")
    private @Nullable BigDecimal maxRegressionP;

    @Option(
        names = "--max-latency-ratio",
        paramLabel = "X",
        description = "The most that one row may take, in times of the baseline.")
    private @Nullable BigDecimal maxLatencyRatio;
  }

  @ArgGroup(exclusive = false)
  private @Nullable Conflicts conflicts;

  /** Conflicts of production, and where their requests are. */
  @SuppressWarnings("NullAway.Init")
  static final class Conflicts {
    @Option(
        names = "--conflicts",
        required = true,
        paramLabel = "FILE.jsonl",
        description =
            "Conflicts that production found, as conflicts.jsonl has them; a classifier must get"
                + " all right on which both models were sure.")
    private Path file;

    @Option(
        names = "--requests",
        paramLabel = "FILE.jsonl",
        description =
            "A recording of requests, as replay takes it, to find those of the conflicts by their"
                + " X-Request-Id.")
    private @Nullable Path requests;

    @Option(
        names = "--route",
        paramLabel = "NAME",
        description = "The route whose conflicts count, where the file has several.")
    private @Nullable String route;
  }

  @Option(names = "--label", paramLabel = "COLUMN", description = "The column of the label.")
  private @Nullable String label;

  @Option(
      names = "--ignore",
      split = ",",
      paramLabel = "COLUMN",
      description = "Columns that the model does not get.")
  private List<String> ignored = new ArrayList<>();

  @Option(
      names = "--input",
      paramLabel = "NAME=COLUMN[,COLUMN...]",
      description =
          "The columns of an input, in order; else an input takes the column of its name, and a"
              + " model's only input all columns. May be given several times.")
  private List<String> inputs = new ArrayList<>();

  @Option(
      names = "--tolerance",
      paramLabel = "X",
      defaultValue = "1e-6",
      description = "How far two regressors may be apart and agree (default: ${DEFAULT-VALUE}).")
  private double tolerance;

  @Option(
      names = "--report",
      paramLabel = "FILE",
      description =
          "Where to write the figures: JSON to a file in .json, Markdown to one in .md. May be given"
              + " several times.")
  private List<Path> reports = new ArrayList<>();

  @Option(
      names = "--reliability-diagram",
      paramLabel = "FILE.svg",
      description = "Where to draw accuracy over confidence.")
  private @Nullable Path reliability;

  @Option(
      names = "--confusion-matrix",
      paramLabel = "FILE.svg",
      description = "Where to draw which label was answered with which.")
  private @Nullable Path confusion;

  @Override
  public Integer call() {
    try {
      GateRequest request = request();
      List<ReportFormat> formats = reports.stream().map(ReportFormat::of).toList();
      GateReport measured = Gate.run(request);
      TextReport.write(measured, spec.commandLine().getOut());
      for (int i = 0; i < formats.size(); i++) {
        Path file = reports.get(i);
        ReportFormat format = formats.get(i);
        write(file, () -> format.write(measured, file));
      }
      draw(measured);
      return measured.passed() ? PASSED : MISSED;
    } catch (BadInputException | IllegalArgumentException e) {
      return badInput(String.valueOf(e.getMessage()));
    } catch (IOException e) {
      return badInput(e.getMessage() + ": cannot be written: " + e.getCause());
    }
  }

  private GateRequest request() {
    if (!task.isForClasses() && (reliability != null || confusion != null)) {
      throw new IllegalArgumentException(
          (reliability != null ? "reliability-diagram" : "confusion-matrix")
              + ": not for a regressor (expected min-accuracy)");
    }
    PairedBars paired =
        against == null
            ? null
            : new PairedBars(against.minAgreement, against.maxRegressionP, against.maxLatencyRatio);
    GateBars bars =
        new GateBars(task.minAccuracy, task.maxRmse, RecallBars.parse(minRecall), maxP99, paired);
    return new GateRequest(
        model,
        data,
        new DataOptions(label, Set.copyOf(ignored), DataOptions.inputs(inputs)),
        against == null ? null : against.baseline,
        conflicts == null
            ? null
            : new ConflictSource(conflicts.file, conflicts.requests, conflicts.route),
        tolerance,
        bars);
  }

  private void draw(GateReport measured) throws IOException {
    if (!(measured.quality() instanceof Quality.OfClasses classes)) {
      return;
    }
    Path matrix = confusion;
    if (matrix != null) {
      String svg = ConfusionDiagram.draw(classes.confusion());
      write(matrix, () -> Files.writeString(matrix, svg));
    }
    Path diagram = reliability;
    if (diagram != null) {
      Quality.Probabilities probabilities = classes.probabilities();
      if (probabilities == null) {
        throw new IllegalArgumentException(
            "reliability-diagram: nothing to draw: " + classes.noProbabilities());
      }
      String svg = ReliabilityDiagram.draw(probabilities.calibration());
      write(diagram, () -> Files.writeString(diagram, svg));
    }
  }

  private interface Writing {
    void write() throws IOException;
  }

  /** Writes, and names the file where that fails. */
  private static void write(Path file, Writing writing) throws IOException {
    try {
      writing.write();
    } catch (IOException e) {
      throw new IOException(file.toString(), e);
    }
  }

  private int badInput(String message) {
    spec.commandLine().getErr().println(Printable.oneLine(message));
    spec.commandLine().getErr().flush();
    return BAD_INPUT;
  }
}
