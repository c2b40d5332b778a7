package io.shadowsentinel.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.cli.Embedded;
import io.shadowsentinel.kit.Await;
import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.Load;
import io.shadowsentinel.kit.Reply;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The config is read again and again under load, every tenth time broken. Each request is answered
 * by a route as it stood at some moment of the request, and by none that never was.
 */
@Timeout(900)
@Tag("alone")
class ReloadIT {
  /** More than may be in force during one request. */
  private static final int MODELS = 5;

  @TempDir Path temp;

  /** The generation that is written last, and the one that is in force for certain. */
  private volatile int written;

  private volatile int applied;
  private final Map<String, Integer> begunAt = new ConcurrentHashMap<>();

  @Test
  void reloadedUnderLoad_failsNoRequest() {
    reload(100);
  }

  @Tag("faults")
  @Test
  void reloadedUnderLoad_aThousandTimes_failsNoRequest() {
    reload(1_000);
  }

  private void reload(int reloads) {
    Random random = Stage.seeded("ReloadIT", 1_000);
    List<EchoServer> models = new ArrayList<>();
    try (FakeUpstream trap = FakeUpstream.answering(Reply.json("{}"))) {
      for (int i = 0; i < MODELS; i++) {
        models.add(EchoServer.start(temp, "m" + i, 3));
      }
      Stage stage = new Stage(temp);
      write(stage, models, 0);
      try (Embedded sentinel = Embedded.start(stage.config());
          Load steady = load(sentinel, "/steady", 4);
          Load changing = load(sentinel, "/changing", 4);
          Load there = load(sentinel, "/now-and-then", 2)) {
        int generation = 0;
        for (int i = 1; i <= reloads; i++) {
          if (i % 10 == 0) {
            stage.write(broken(stage, trap, random));
            assertThat(sentinel.reload()).isFalse();
          } else {
            generation++;
            written = generation;
            write(stage, models, generation);
            assertThat(sentinel.reload()).isTrue();
            applied = generation;
          }
          if (i % 10 == 5) {
            changing.awaitMore(20);
          }
        }
        steady.awaitMore(200);
        changing.awaitMore(200);
        for (Load load : List.of(steady, changing, there)) {
          load.close();
          assertThat(load.counts().keySet()).as("%s", load).containsAnyOf(Load.OK).hasSize(1);
        }
        assertThat(trap.connectionCount()).isZero();
        assertThat(sentinel.sum("shadow.sentinel.config.reloads")).isEqualTo(reloads);
        Await.until(
            "nothing is held",
            Duration.ofSeconds(30),
            () ->
                sentinel.sum("shadow.sentinel.mirrors.in.flight") == 0
                    && sentinel.sum("shadow.sentinel.captured.bytes") == 0
                    && sentinel.sum("shadow.sentinel.waiting.pairs") == 0);
        System.out.printf(
            "ReloadIT: %d reloads, of which %d broken; /steady %s, /changing %s, /now-and-then %s%n",
            reloads, reloads / 10, steady, changing, there);
      }
    } finally {
      models.forEach(EchoServer::close);
    }
  }

  private static EchoServer model(List<EchoServer> models, int generation) {
    return models.get(Math.floorMod(generation, MODELS));
  }

  private void write(Stage stage, List<EchoServer> models, int generation) {
    String free = "decide: { auto: false }";
    stage
        .clear()
        .route("steady", List.of(models.get(0).url()), models.get(1).url(), free)
        .route(
            "changing",
            List.of(model(models, generation).url()),
            model(models, generation + 1).url(),
            free,
            "timeout: " + (5_000 + generation) + "ms");
    if (generation % 2 == 0) {
      stage.route("now-and-then", models.get(2).url());
    }
    stage.write();
  }

  /** A config that cannot be taken, with routes that must never be. */
  private static String broken(Stage stage, FakeUpstream trap, Random random) {
    String evil = stage.text().replaceAll("http://127.0.0.1:\\d+", trap.url());
    return switch (random.nextInt(4)) {
      case 0 -> evil + "  - { name: steady }\n";
      case 1 -> evil.replace("decide: { auto: false }", "decide: { minRequests: -1 }");
      case 2 -> evil.substring(0, evil.length() - 30) + "\n: [";
      default -> evil.replace("/changing", "changing");
    };
  }

  private Load load(Embedded sentinel, String path, int clients) {
    Load.Exchange echo = Load.echo(path);
    Load.Exchange judged =
        new Load.Exchange() {
          @Override
          public byte[] request(String id) {
            begunAt.put(path + id, applied);
            return echo.request(id);
          }

          @Override
          public String judge(String id, Load.Answer answer) {
            // One generation before, since the loops hear of a new table one after another.
            int from = Math.max(0, begunAt.remove(path + id) - 1);
            return ReloadIT.judge(path, echo.judge(id, answer), answer, from, written);
          }
        };
    return Load.of(clients, sentinel::port, judged).pausing(Duration.ofMillis(1)).start();
  }

  /** Right when it is the answer of any generation in that range. */
  private static String judge(String path, String verdict, Load.Answer answer, int from, int to) {
    if (path.equals("/now-and-then")) {
      boolean mayBeAway = to > from || from % 2 != 0;
      boolean mayBeThere = to > from || from % 2 == 0;
      boolean away = answer.status() == 404 && mayBeAway;
      return away || (verdict.equals(Load.OK) && mayBeThere) ? Load.OK : verdict + " then";
    }
    if (!verdict.equals(Load.OK) || path.equals("/steady")) {
      return verdict;
    }
    for (int generation = from; generation <= to; generation++) {
      if (answer.bodyText().contains("\"model\": \"m" + Math.floorMod(generation, MODELS) + "\"")) {
        return Load.OK;
      }
    }
    return "a model of another time";
  }
}
