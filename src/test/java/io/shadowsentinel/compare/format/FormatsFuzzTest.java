package io.shadowsentinel.compare.format;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.Comparator;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.exchange.Answer;
import java.util.ArrayList;
import java.util.List;

/** Whatever a model answers, every format says what it is, or that it is none of its own. */
class FormatsFuzzTest {
  private static final List<CompareSettings> SETTINGS = settings();

  private static List<CompareSettings> settings() {
    List<CompareSettings> all = new ArrayList<>();
    for (String format : Formats.names()) {
      all.add(Answers.settings(format));
    }
    all.add(Answers.pointing("json", "/a/*/label", "/a/*/score"));
    return all;
  }

  @FuzzTest(maxDuration = "60s")
  void answers(byte[] bytes) {
    for (CompareSettings settings : SETTINGS) {
      for (String type : new String[] {"application/json", "text/event-stream", "text/csv"}) {
        Answer answer = new Answer(Answer.Fate.COMPLETE, 200, type, null, bytes, 1);
        Answer twin = new Answer(Answer.Fate.COMPLETE, 200, type, null, bytes.clone(), 1);
        Comparator comparator = Comparator.of(settings);
        Verdict verdict = comparator.compare(Answers.exchange(answer, twin));
        assertThat(verdict.outcome())
            .isIn(Outcome.AGREE, Outcome.INCOMPARABLE, Outcome.CHALLENGER_ERROR);
        comparator.explain(answer, twin);
      }
    }
  }
}
