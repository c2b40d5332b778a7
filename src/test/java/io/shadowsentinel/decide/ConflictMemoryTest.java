package io.shadowsentinel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.compare.core.Conflict;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConflictMemoryTest {
  private final ConflictMemory memory = new ConflictMemory(100);

  private static Conflict conflict(String route, int number, int bodyChars) {
    Conflict bare = Given.conflict(route, "e1", route + number, Given.NOON.plusSeconds(number));
    return bodyChars == 0 ? bare : bare.withBodies("x".repeat(bodyChars), null, null);
  }

  private List<String> withBodies() {
    return memory.find(null, 2_000).stream()
        .filter(c -> c.bodyChars() > 0)
        .map(Conflict::requestId)
        .toList();
  }

  @Test
  void bodies_upToTheBound_areHeld_andThenTheOldestMakeWay() {
    for (int i = 0; i < 4; i++) {
      memory.add(conflict("a", i, 25));
    }
    assertThat(withBodies()).containsExactly("a3", "a2", "a1", "a0");

    memory.add(conflict("a", 4, 1));

    assertThat(withBodies()).containsExactly("a4", "a3", "a2", "a1");
    assertThat(memory.bodyChars()).isEqualTo(76);
    Conflict oldest = memory.find("a", 5).get(4);
    assertThat(oldest.requestId()).isEqualTo("a0");
    assertThat(oldest.championBody()).isNull();
    assertThat(oldest.bodiesLeftOut()).isEqualTo(ConflictMemory.MADE_WAY);
  }

  @Test
  void bodies_ofTheRouteThatHasMost_makeWayFirst() {
    memory.add(conflict("quiet", 0, 40));
    for (int i = 1; i < 10; i++) {
      memory.add(conflict("loud", i, 20));
    }

    assertThat(withBodies()).containsExactly("loud9", "loud8", "loud7", "quiet0");
  }

  @Test
  void bodiesOverTheBoundAlone_areNotHeld() {
    memory.add(conflict("a", 0, 101));

    assertThat(withBodies()).isEmpty();
    assertThat(memory.find("a", 2_000)).hasSize(1);
    assertThat(memory.bodyChars()).isZero();
  }

  @Test
  void disagreementThatIsForgotten_takesItsBodiesAlong() {
    memory.add(conflict("a", 0, 10));
    for (int i = 1; i < ConflictMemory.OF_A_ROUTE; i++) {
      memory.add(conflict("a", i, 0));
    }
    assertThat(memory.bodyChars()).isEqualTo(10);

    memory.add(conflict("a", 1_000, 0));

    assertThat(memory.bodyChars()).isZero();
    assertThat(memory.find("a", 2_000)).hasSize(ConflictMemory.OF_A_ROUTE);
  }

  @Test
  void routeThatIsForgotten_takesItsBodiesAlong() {
    memory.add(conflict("a", 0, 60));
    memory.add(conflict("b", 0, 30));
    memory.retainOnly(Set.of("b"));

    assertThat(memory.bodyChars()).isEqualTo(30);
    assertThat(memory.find("a", 2_000)).isEmpty();
  }
}
