package io.shadowsentinel.decide;

import io.shadowsentinel.decide.Decision.Action;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Random;

/**
 * A process that decides and writes evidence for as long as it lives, and tells on its standard
 * output what it holds for done: {@code ack decision SEQ ACTION .} and {@code ack evidence SCOPE
 * COUNTED .}. The dot tells a line that was cut off.
 */
final class DeskUntilKilled {
  private DeskUntilKilled() {}

  static final Reconfigure CONFIG =
      Given.config(Given.rule(30, "0.80", true), Given.spec("digits", "v1", "v2"));

  public static void main(String[] args) throws IOException {
    Random random = new Random(Long.parseLong(args[1]));
    PrintStream out = System.out;
    try (DeskKit kit = DeskKit.open(Path.of(args[0]), StoreProbe.NONE, CONFIG)) {
      int told = 0;
      while (!out.checkError()) {
        act(kit, random);
        for (; told < kit.decisions.size(); told++) {
          Decision decision = kit.decisions.get(told);
          out.println("ack decision " + decision.seq() + " " + decision.action() + " .");
        }
        kit.desk.tick();
        RouteStatus.Trial live = kit.digits().live();
        out.println("ack evidence " + live.id() + " " + live.evidence().counted() + " .");
      }
    }
  }

  private static void act(DeskKit kit, Random random) {
    switch (kit.route().state()) {
      case SHADOWING -> kit.reach(1 + random.nextInt(9), random.nextInt(3));
      case PROMOTED -> {
        kit.reach(1 + random.nextInt(5), 1);
        kit.operator(random.nextBoolean() ? Action.PAUSE : Action.ROLLBACK);
      }
      case PAUSED -> kit.operator(random.nextBoolean() ? Action.RESUME : Action.ROLLBACK);
      case ROLLED_BACK -> kit.operator(Action.RESTART);
      case NO_CHALLENGER -> throw new IllegalStateException("the config has a challenger");
    }
  }
}
