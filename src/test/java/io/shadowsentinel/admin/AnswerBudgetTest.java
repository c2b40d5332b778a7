package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class AnswerBudgetTest {
  private static final int ALL = (int) AnswerBudget.MAX;

  private final AnswerBudget budget = new AnswerBudget();

  @Test
  void largeAnswers_areBoundedTogether_andGiveBackWhatTheyTook() {
    assertThat(budget.take(ALL - AnswerBudget.SMALL - 1)).isTrue();
    assertThat(budget.take(AnswerBudget.SMALL + 2)).isFalse();
    assertThat(budget.take(AnswerBudget.SMALL + 1)).isTrue();

    budget.giveBack(AnswerBudget.SMALL + 1);
    assertThat(budget.take(AnswerBudget.SMALL + 1)).isTrue();
  }

  @Test
  void smallAnswers_areAlwaysSent() {
    assertThat(budget.take(ALL)).isTrue();
    assertThat(budget.take(AnswerBudget.SMALL)).isTrue();
    budget.giveBack(AnswerBudget.SMALL);
    assertThat(budget.take(AnswerBudget.SMALL + 1)).isFalse();
  }

  @Test
  void answerLargerThanAll_isSentAlone() {
    assertThat(budget.take(ALL + 1)).isTrue();
    budget.giveBack(ALL + 1);
    assertThat(budget.take(AnswerBudget.SMALL + 1)).isTrue();
    assertThat(budget.take(ALL)).isFalse();
  }
}
