package io.shadowsentinel.decide;

import io.shadowsentinel.compare.core.Noise;
import io.shadowsentinel.compare.core.Observation;
import io.shadowsentinel.compare.core.SelfCheck;
import io.shadowsentinel.compare.core.Verdict;
import org.jspecify.annotations.Nullable;

/**
 * What the comparisons of one trial have shown beyond their outcome: where the answers differ,
 * which labels are taken for which, how fast and how reliable the models are, and how the champion
 * agrees with itself. In memory only and bounded, whatever the models answer. One thread.
 */
final class Insights {
  private final DifferenceCounts differences = new DifferenceCounts();
  private final ConfusionMatrix confusion = new ConfusionMatrix();
  private final ModelTimes champion = new ModelTimes();
  private final ModelTimes challenger = new ModelTimes();
  private long compared;
  private long selfAgree;
  private long selfDisagree;
  private long selfFailed;
  private Noise noise = Noise.NONE;

  /** Takes in a comparison of the trial. */
  void add(Verdict verdict) {
    Observation seen = verdict.observation();
    if (seen == null) {
      return;
    }
    champion.add(seen.championNanos(), seen.championError());
    challenger.add(seen.challengerNanos(), seen.challengerError());
    if (verdict.outcome().isRated()) {
      compared++;
      differences.add(seen);
      confusion.add(seen);
    }
    if (seen.selfCheck() != null) {
      add(seen.selfCheck());
    }
  }

  private void add(SelfCheck check) {
    switch (check.result()) {
      case AGREE -> selfAgree++;
      case DISAGREE -> selfDisagree++;
      case FAILED -> selfFailed++;
    }
    // Comparisons run side by side, so what is known may come in another order than it was learned.
    if (check.noise().checks() > noise.checks()) {
      noise = check.noise();
    }
  }

  /** How the champion agrees with itself, or null when it was never asked twice. */
  RouteStatus.@Nullable SelfCheck selfCheck() {
    if (selfAgree + selfDisagree + selfFailed == 0) {
      return null;
    }
    return new RouteStatus.SelfCheck(
        selfAgree + selfDisagree,
        selfAgree,
        selfFailed,
        noise.paths().stream().sorted().limit(RouteStatus.SelfCheck.MAX_PATHS).toList(),
        noise.paths().size());
  }

  InsightReport.Differences differences(String route, @Nullable String experiment) {
    return new InsightReport.Differences(
        route,
        experiment,
        compared,
        differences.paths(noise, compared),
        differences.dropped(),
        noise.paths().stream().sorted().toList());
  }

  InsightReport.Confusion confusion(String route, @Nullable String experiment) {
    return confusion.report(route, experiment);
  }

  InsightReport.Latency latency(
      String route, @Nullable String experiment, String championName, @Nullable String other) {
    return new InsightReport.Latency(
        route,
        experiment,
        champion.report(championName),
        other == null ? null : challenger.report(other));
  }
}
