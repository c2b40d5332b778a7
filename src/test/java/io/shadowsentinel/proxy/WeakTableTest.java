package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.exchange.EligibleCounts;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.table.Model;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class WeakTableTest {

  @Test
  void value_isTheSameForAsLongAsAnyoneHoldsIt_andForgottenThen() {
    WeakTable<String, Object> table = new WeakTable<>();
    Object held = table.get("a", Object::new);
    for (int i = 0; i < 100; i++) {
      assertThat(table.get("other-" + i, Object::new)).isNotSameAs(held);
    }

    Await.until(
        "what nobody holds is forgotten",
        () -> {
          System.gc();
          table.get("one-more", Object::new);
          return table.size() <= 2;
        });
    assertThat(table.get("a", () -> new Object())).isSameAs(held);
    assertThat(table.find("a")).isSameAs(held);
    assertThat(table.find("never")).isNull();
  }

  /**
   * Two tables follow each other: one loop has taken up both, when the other one takes up the
   * first, which knows nothing of the second one's challenger.
   */
  @Test
  void loopThatIsLate_forgetsNothingThatTheNextTableUses() {
    SharedMirrors shared = new SharedMirrors(new EligibleCounts());
    Model first = Routes.model("first", "http://127.0.0.1:1");
    Model second = Routes.model("second", "http://127.0.0.1:2");
    Breaker early = shared.breaker(second);
    Breaker earlyCheck = shared.selfCheckBreaker(second);
    SharedMirrors.RouteMirrors ofEarly = shared.ofRoute("r", 0);

    shared.breaker(first);

    assertThat(shared.breaker(second)).isSameAs(early);
    assertThat(shared.selfCheckBreaker(second)).isSameAs(earlyCheck).isNotSameAs(early);
    assertThat(shared.ofRoute("r", 0)).isSameAs(ofEarly);
  }

  @Test
  void loopsThatTakeUpTablesAtTheirOwnPace_neverHoldTwoBreakersOfOneModel() throws Exception {
    int loops = 4;
    int tables = 300;
    SharedMirrors shared = new SharedMirrors(new EligibleCounts());
    CyclicBarrier start = new CyclicBarrier(loops);
    ExecutorService threads = Executors.newFixedThreadPool(loops);
    try {
      List<Future<Breaker[]>> running = new ArrayList<>();
      for (int loop = 0; loop < loops; loop++) {
        running.add(
            threads.submit(
                () -> {
                  Breaker[] held = new Breaker[tables];
                  start.await();
                  for (int table = 0; table < tables; table++) {
                    held[table] = shared.breaker(Routes.model("m" + table, "http://127.0.0.1:1"));
                  }
                  return held;
                }));
      }
      List<Breaker[]> ofLoops = new ArrayList<>();
      for (Future<Breaker[]> loop : running) {
        ofLoops.add(loop.get());
      }
      for (int table = 0; table < tables; table++) {
        Set<Breaker> different = Collections.newSetFromMap(new IdentityHashMap<>());
        for (Breaker[] held : ofLoops) {
          different.add(held[table]);
        }
        assertThat(different).as("of table %d", table).hasSize(1);
      }
    } finally {
      threads.shutdownNow();
    }
  }
}
