package io.shadowsentinel.gate;

import io.shadowsentinel.gate.CaseReader.Cases;
import io.shadowsentinel.gate.ConflictOutcome.Missed;
import io.shadowsentinel.model.InferenceException;
import io.shadowsentinel.model.InvalidRequestException;
import io.shadowsentinel.model.ModelLoadException;
import io.shadowsentinel.model.OnnxModel;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Measures a model on labelled rows before it may be deployed: how right it is, how fast it answers
 * one row, how it stands beside a baseline, and whether it gets right what production found.
 * Blocks, on one thread.
 */
public final class Gate {

  private final GateRequest request;

  private Gate(GateRequest request) {
    this.request = request;
  }

  /**
   * Measures.
   *
   * @throws BadInputException when a file cannot be read or the files do not fit each other
   */
  public static GateReport run(GateRequest request) throws BadInputException {
    Gate gate = new Gate(request);
    try {
      return request.bars().forClasses()
          ? gate.measure(Classifier::of)
          : gate.measure((model, file) -> Regressor.of(model, file, request.tolerance()));
    } catch (ModelLoadException e) {
      throw new BadInputException(e.getMessage(), e);
    }
  }

  private interface Maker<A> {
    Predictor<A> make(OnnxModel model, Path file) throws BadInputException;
  }

  /** A model with its cases and its answers. */
  private record Contestant<A>(
      Path file, OnnxModel model, Predictor<A> predictor, Cases cases, List<A> answers) {

    Quality quality() {
      return predictor.quality(cases.all(), answers);
    }

    /** Runs one row, as it is timed. */
    void run(int row) {
      predictor.run(cases.all().get(row).inputs());
    }
  }

  private <A> GateReport measure(Maker<A> maker) throws BadInputException, ModelLoadException {
    Path other = request.baseline();
    try (OnnxModel model = OnnxModel.load(request.model(), "model");
        OnnxModel beside = other == null ? null : OnnxModel.load(other, "baseline")) {
      Contestant<A> ours = contestant(maker, model, request.model());
      ours.predictor().checkLabels(ours.cases().all());
      Contestant<A> theirs =
          other == null || beside == null ? null : contestant(maker, beside, other);
      checkColumns(ours, theirs);
      checkRecall(ours.cases().all());
      ConflictOutcome conflicts =
          request.conflicts() == null ? null : conflicts(request.conflicts(), ours);
      Stopwatch.Times times =
          new Stopwatch(System::nanoTime)
              .measure(ours.answers().size(), ours::run, theirs == null ? null : theirs::run);
      return new GateReport(
          TextFile.measured(request.model()),
          TextFile.measured(request.data()),
          request.bars(),
          ours.quality(),
          times.model(),
          theirs == null ? null : paired(ours, theirs, times),
          conflicts);
    }
  }

  private <A> Contestant<A> contestant(Maker<A> maker, OnnxModel model, Path file)
      throws BadInputException {
    Predictor<A> predictor = maker.make(model, file);
    Cases cases =
        new CaseReader(request.data(), request.options(), !request.bars().forClasses())
            .read(model, file);
    List<A> answers = new ArrayList<>(cases.all().size());
    for (Case sample : cases.all()) {
      answers.add(answer(predictor, sample, file));
    }
    return new Contestant<>(file, model, predictor, cases, answers);
  }

  private static <A> A answer(Predictor<A> predictor, Case sample, Path file)
      throws BadInputException {
    try {
      return predictor.answer(sample);
    } catch (InvalidRequestException | InferenceException e) {
      throw new BadInputException(
          "%s: %s fails on it: %s".formatted(sample.place(), file, e.getMessage()), e);
    }
  }

  /**
   * A column that no model takes is a mistake; one that a model has no use for any more is none.
   */
  private <A> void checkColumns(Contestant<A> ours, @Nullable Contestant<A> theirs)
      throws BadInputException {
    List<String> left = new ArrayList<>(ours.cases().left());
    if (theirs != null) {
      left.retainAll(theirs.cases().left());
    }
    if (!left.isEmpty()) {
      throw new BadInputException(
          "%s: %s: no input of %s takes it (expected %s, or a column to ignore)"
              .formatted(request.data(), left.get(0), ours.file(), Binding.inputs(ours.model())));
    }
  }

  /** A bar on a class that no row has would be reached by nothing, or by everything. */
  private void checkRecall(List<Case> cases) throws BadInputException {
    for (String label : request.bars().minRecall().byClass().keySet()) {
      if (cases.stream().noneMatch(sample -> sample.label().equals(label))) {
        throw new BadInputException(
            "%s: no row of class '%s' (expected one, for its min-recall)"
                .formatted(request.data(), label));
      }
    }
  }

  private static <A> Paired paired(Contestant<A> ours, Contestant<A> theirs, Stopwatch.Times times)
      throws BadInputException {
    int agree = 0;
    int better = 0;
    int worse = 0;
    List<Case> cases = ours.cases().all();
    for (int i = 0; i < cases.size(); i++) {
      A mine = ours.answers().get(i);
      A other = theirs.answers().get(i);
      int order = ours.predictor().compare(cases.get(i), mine, other);
      agree += ours.predictor().agree(mine, other) ? 1 : 0;
      better += order > 0 ? 1 : 0;
      worse += order < 0 ? 1 : 0;
    }
    return new Paired(
        TextFile.measured(theirs.file()),
        theirs.quality(),
        new Share(agree, cases.size()),
        new PairedTest(better, worse),
        Objects.requireNonNull(times.baseline()),
        Objects.requireNonNull(times.ratio()));
  }

  private <A> ConflictOutcome conflicts(ConflictSource source, Contestant<A> ours)
      throws BadInputException {
    ConflictCases found =
        ConflictCases.read(source, ours.model(), ours.file(), request.options().inputs());
    ours.predictor().checkLabels(found.cases());
    List<Missed> missed = new ArrayList<>();
    for (int i = 0; i < found.cases().size(); i++) {
      Case sample = found.cases().get(i);
      if (answer(ours.predictor(), sample, ours.file()) instanceof ClassAnswer answer
          && !answer.label().equals(sample.label())) {
        missed.add(
            new Missed(
                sample.line(),
                found.requestIds().get(i),
                sample.label(),
                answer.label(),
                answer.confidence()));
      }
    }
    int whole = found.cases().size();
    return new ConflictOutcome(
        TextFile.measured(source.file()),
        new Share(whole - missed.size(), whole),
        found.passedOver(),
        missed);
  }
}
