package io.shadowsentinel.compare.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NoiseModelTest {
  private final NoiseModel model = new NoiseModel();

  private Noise learn(int times, String... paths) {
    Noise noise = model.of("e1");
    for (int i = 0; i < times; i++) {
      noise = model.learn("e1", Set.of(paths));
    }
    return noise;
  }

  @Test
  void path_thatDifferedOnce_isNoNoise() {
    assertThat(learn(1, "/id").paths()).isEmpty();
    assertThat(learn(1, "/id").paths()).containsExactly("/id");
  }

  @Test
  void path_belowFivePercent_isNoNoise_andAtItIs() {
    learn(2, "/id");
    assertThat(learn(37).paths()).as("2 of 39").containsExactly("/id");
    assertThat(learn(1).paths()).as("2 of 40").containsExactly("/id");
    assertThat(learn(1).paths()).as("2 of 41").isEmpty();
    assertThat(learn(1, "/id").paths()).as("3 of 42").containsExactly("/id");
    assertThat(model.of("e1").checks()).isEqualTo(42);
  }

  @Test
  void wholeAnswer_isNeverNoise() {
    assertThat(learn(100, "").paths()).isEmpty();
  }

  @Test
  void scope_knowsNothingOfAnother() {
    learn(2, "/id");
    assertThat(model.of("e2")).isEqualTo(Noise.NONE);
    model.learn("e2", Set.of());
    assertThat(model.of("e1").paths()).containsExactly("/id");
  }

  @Test
  void scopes_beyondTheBound_areForgottenOldestFirst() {
    learn(2, "/id");
    for (int i = 2; i <= NoiseModel.MAX_SCOPES; i++) {
      model.learn("e" + i, Set.of());
    }
    assertThat(model.of("e1").paths()).containsExactly("/id");
    model.learn("one more", Set.of());
    assertThat(model.of("e1")).isEqualTo(Noise.NONE);
    assertThat(model.of("e2").checks()).isEqualTo(1);
  }

  @Test
  void paths_beyondTheBound_stayDifferences() {
    Set<String> many = new HashSet<>();
    for (int i = 0; i < NoiseModel.MAX_PATHS; i++) {
      many.add("/p" + i);
    }
    model.learn("e1", many);
    model.learn("e1", many);
    model.learn("e1", Set.of("/late"));
    assertThat(model.learn("e1", Set.of("/late")).paths())
        .hasSize(NoiseModel.MAX_PATHS)
        .doesNotContain("/late");
  }
}
