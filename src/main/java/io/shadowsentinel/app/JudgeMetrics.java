package io.shadowsentinel.app;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.shadowsentinel.compare.core.Judgement;
import java.util.function.BiConsumer;

/** Counts what comes of questions to judges, by route. Any thread. */
final class JudgeMetrics implements BiConsumer<String, Judgement.Result> {
  private final MeterRegistry registry;

  JudgeMetrics(MeterRegistry registry) {
    this.registry = registry;
  }

  @Override
  public void accept(String route, Judgement.Result result) {
    Counter.builder("shadow.sentinel.judgements")
        .description(
            "Pairs of texts that a judge was to compare, by what came of it; all but agree and"
                + " disagree leave the comparison incomparable")
        .tag("route", route)
        .tag("result", result.label())
        .register(registry)
        .increment();
  }
}
