package io.shadowsentinel.cli;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Explanation;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.config.ConfigLoader;
import io.shadowsentinel.config.ConfigResult;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.exchange.Answer;
import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code sentinel compare A B}: what the comparator sees in two files, by the code that compares
 * real answers. Exit 0 agree, 1 disagree, 2 a file that cannot be read as the format. Asks nobody:
 * not a model, and not a judge.
 */
@Command(
    name = "compare",
    mixinStandardHelpOptions = true,
    description = "Shows what the comparator sees in a champion's and a challenger's answer.",
    exitCodeListHeading = "%nExit codes:%n",
    exitCodeList = {"0:they agree", "1:they disagree", "2:they cannot be compared, or bad input"})
@SuppressWarnings("NullAway.Init") // picocli sets what is required
public final class CompareCommand implements Callable<Integer> {
  private static final int AGREE = 0;
  private static final int DISAGREE = 1;
  private static final int BAD_INPUT = 2;

  /** More than any answer that a route compares. */
  private static final long MAX_FILE_BYTES = 256L << 20;

  @Spec private CommandSpec spec;

  @Parameters(index = "0", paramLabel = "A", description = "The champion's answer, a file.")
  private Path champion;

  @Parameters(index = "1", paramLabel = "B", description = "The challenger's answer, a file.")
  private Path challenger;

  @ArgGroup(multiplicity = "1")
  private How how;

  @Option(
      names = "--content-type",
      paramLabel = "T",
      defaultValue = "application/json",
      description = "The Content-Type of both; default ${DEFAULT-VALUE}.")
  private String contentType;

  /** Where the settings come from: a route of a config, or the command line. */
  @SuppressWarnings("NullAway.Init")
  static final class How {
    @ArgGroup(exclusive = false)
    private @Nullable OfRoute route;

    @ArgGroup(exclusive = false)
    private @Nullable OfOptions options;
  }

  /** A route of a config. */
  @SuppressWarnings("NullAway.Init")
  static final class OfRoute {
    @Option(names = "--config", required = true, paramLabel = "FILE", description = "A config.")
    private Path config;

    @Option(
        names = "--route",
        required = true,
        paramLabel = "NAME",
        description = "Its route whose settings are taken.")
    private String name;
  }

  /** Settings by options. */
  @SuppressWarnings("NullAway.Init")
  static final class OfOptions {
    @Option(
        names = "--format",
        required = true,
        paramLabel = "F",
        description = "How both are read, as compare.format in a config.")
    private String format;

    @Option(names = "--label", paramLabel = "P", description = "JSON Pointer of the label.")
    private @Nullable String label;

    @Option(
        names = "--confidence",
        paramLabel = "P",
        description = "JSON Pointer of the confidence.")
    private @Nullable String confidence;

    @Option(
        names = "--ignore",
        paramLabel = "P",
        description = "JSON Pointer of what is left out, * for any one step; may be repeated.")
    private @Nullable List<String> ignore;

    @Option(
        names = "--tolerance",
        paramLabel = "T",
        description = "Absolute, for numbers; default 0.")
    private double tolerance;
  }

  @Override
  public Integer call() {
    Explanation seen;
    try {
      CompareSettings settings = settings();
      Comparator comparator = Comparator.of(settings);
      seen = comparator.explain(answer(champion), answer(challenger));
    } catch (BadInput e) {
      return badInput(String.valueOf(e.getMessage()));
    } catch (IllegalArgumentException e) {
      return badInput(Printable.describe(e));
    }
    if (seen.outcome() == Outcome.CHALLENGER_ERROR) {
      return badInput(challenger + ": " + seen.reason());
    }
    PrintWriter out = spec.commandLine().getOut();
    CompareReport.print(seen, out);
    out.flush();
    return switch (seen.outcome()) {
      case AGREE -> AGREE;
      case DISAGREE -> DISAGREE;
      default -> badInput(String.valueOf(seen.reason()));
    };
  }

  private CompareSettings settings() throws BadInput {
    if (how.route != null) {
      return ofRoute(how.route);
    }
    OfOptions options = how.options;
    if (options == null) {
      throw new BadInput("--format or --config: missing");
    }
    CompareSettings defaults = CompareSettings.DEFAULTS;
    return new CompareSettings(
        options.format,
        pointer("--label", options.label),
        pointer("--confidence", options.confidence),
        options.ignore == null ? List.of() : options.ignore,
        options.tolerance,
        defaults.highConfidence());
  }

  private static CompareSettings ofRoute(OfRoute from) throws BadInput {
    ConfigResult result = ConfigLoader.load(from.config, System::getenv);
    if (result instanceof ConfigResult.Rejected rejected) {
      throw new BadInput(
          rejected.faults().stream().map(Object::toString).collect(Collectors.joining("\n")));
    }
    List<RouteConfig> routes = ((ConfigResult.Loaded) result).config().routes();
    for (RouteConfig route : routes) {
      if (route.spec().name().equals(from.name)) {
        return route.compare();
      }
    }
    String names =
        routes.stream().map(route -> route.spec().name()).collect(Collectors.joining(", "));
    throw new BadInput(
        "--route: " + Printable.oneLine(from.name) + " (expected one of " + names + ")");
  }

  private static @Nullable JsonPointer pointer(String option, @Nullable String text)
      throws BadInput {
    try {
      return text == null ? null : JsonPointer.compile(text);
    } catch (IllegalArgumentException e) {
      throw new BadInput(
          option
              + ": "
              + Printable.oneLine(text)
              + " (expected a JSON Pointer, such as /prediction)");
    }
  }

  private Answer answer(Path file) throws BadInput {
    try {
      if (Files.size(file) > MAX_FILE_BYTES) {
        throw new BadInput(file + ": over " + MAX_FILE_BYTES + " bytes");
      }
      byte[] body = Files.readAllBytes(file);
      return new Answer(Answer.Fate.COMPLETE, 200, contentType, null, body, 0);
    } catch (IOException e) {
      throw new BadInput(file + ": cannot be read: " + Printable.oneLine(e.toString()));
    }
  }

  private int badInput(String message) {
    PrintWriter err = spec.commandLine().getErr();
    message.lines().map(Printable::oneLine).forEach(err::println);
    err.flush();
    return BAD_INPUT;
  }

  /** What the user gave cannot be used; the message says why. */
  private static final class BadInput extends Exception {
    private static final long serialVersionUID = 1L;

    BadInput(String message) {
      super(message);
    }
  }
}
