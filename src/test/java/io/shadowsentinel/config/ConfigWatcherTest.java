package io.shadowsentinel.config;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

class ConfigWatcherTest {
  private static final String BAD = "routes: []\n";

  @TempDir Path directory;
  private Path file;
  private final List<String> told = new ArrayList<>();
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() throws IOException {
    file = Files.writeString(directory.resolve("sentinel.yaml"), config("one"));
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger().detachAppender(log);
  }

  @Test
  void unchangedAndTouchedFile_isNoReload() throws IOException {
    ConfigWatcher watcher = watch(file);
    polls(watcher, 3);
    Files.setLastModifiedTime(file, FileTime.fromMillis(0));
    Files.writeString(file, config("one"));

    polls(watcher, 3);

    assertThat(told).isEmpty();
  }

  @Test
  void changedFile_isToldOnce_whenTwoPollsAgree() throws IOException {
    ConfigWatcher watcher = watch(file);
    Files.writeString(file, config("two"));

    watcher.poll();
    assertThat(told).isEmpty();
    polls(watcher, 5);

    assertThat(told).containsExactly("two");
  }

  @Test
  void halfWrittenFile_isNotTakenForAWholeOne() throws IOException {
    ConfigWatcher watcher = watch(file);
    Files.writeString(file, "");
    watcher.poll();
    Files.writeString(file, config("two"));

    polls(watcher, 2);

    assertThat(told).containsExactly("two");
  }

  @Test
  void atomicRename_isFollowed() throws IOException {
    ConfigWatcher watcher = watch(file);
    Path next = Files.writeString(directory.resolve("next"), config("two"));
    Files.move(next, file, ATOMIC_MOVE);

    polls(watcher, 2);

    assertThat(told).containsExactly("two");
  }

  @Test
  void kubernetesSwap_ofTheDirectoryLink_isFollowed() throws IOException {
    Path mount = Files.createDirectory(directory.resolve("mount"));
    version(mount, "..2026_1", "one");
    version(mount, "..2026_2", "two");
    Files.createSymbolicLink(mount.resolve("..data"), Path.of("..2026_1"));
    Path link =
        Files.createSymbolicLink(mount.resolve("sentinel.yaml"), Path.of("..data/sentinel.yaml"));
    ConfigWatcher watcher = watch(link);
    polls(watcher, 2);
    Files.createSymbolicLink(mount.resolve("..data_tmp"), Path.of("..2026_2"));
    Files.move(mount.resolve("..data_tmp"), mount.resolve("..data"), ATOMIC_MOVE);

    polls(watcher, 2);

    assertThat(told).containsExactly("two");
  }

  @Test
  void badContent_isToldOnce_andThenTheGoodOne() throws IOException {
    ConfigWatcher watcher = watch(file);
    Files.writeString(file, BAD);
    polls(watcher, 5);
    assertThat(told)
        .containsExactly(file + ":1:9: routes: an empty list (expected at least one route)");

    Files.writeString(file, config("one"));
    polls(watcher, 5);

    assertThat(told).hasSize(2).endsWith("one");
  }

  @Test
  void vanishedFile_warnsOnce_afterAFewPolls_andIsNoReload() throws IOException {
    ConfigWatcher watcher = watch(file);
    Files.delete(file);

    polls(watcher, ConfigWatcher.TOLERATED_MISSES);
    assertThat(log.list).isEmpty();
    polls(watcher, 3);
    assertThat(log.list).singleElement().extracting(ILoggingEvent::getLevel).isEqualTo(Level.WARN);
    Files.writeString(file, config("one"));
    polls(watcher, 2);

    assertThat(log.list)
        .hasSize(2)
        .last()
        .extracting(ILoggingEvent::getLevel)
        .isEqualTo(Level.INFO);
    assertThat(told).isEmpty();
  }

  @Test
  void failingListener_doesNotEndTheWatch() throws IOException {
    ConfigWatcher watcher =
        new ConfigWatcher(
            file,
            name -> null,
            hash(file),
            result -> {
              record(result);
              throw new IllegalStateException("listener");
            });
    Files.writeString(file, config("two"));
    polls(watcher, 2);
    Files.writeString(file, config("three"));

    polls(watcher, 2);

    assertThat(told).containsExactly("two", "three");
    assertThat(log.list).extracting(ILoggingEvent::getLevel).containsOnly(Level.ERROR).hasSize(2);
  }

  @Test
  void closedWatcher_tellsNothing() throws IOException {
    ConfigWatcher watcher = watch(file);
    Files.writeString(file, config("two"));
    watcher.poll();

    watcher.close();
    polls(watcher, 2);

    assertThat(told).isEmpty();
  }

  @Test
  void startedWatcher_tellsOnADaemonThread() throws Exception {
    BlockingQueue<Thread> threads = new ArrayBlockingQueue<>(1);
    String running = hash(file);
    Files.writeString(file, config("two"));
    try (ConfigWatcher watcher =
        ConfigWatcher.start(
            file,
            name -> null,
            running,
            result -> threads.add(Thread.currentThread()),
            Duration.ofMillis(1))) {
      Thread thread = threads.poll(30, TimeUnit.SECONDS);

      assertThat(watcher).isNotNull();
      assertThat(thread).isNotNull();
      assertThat(thread.isDaemon()).isTrue();
      assertThat(thread.getName()).isEqualTo("config-watcher");
    }
  }

  private ConfigWatcher watch(Path watched) {
    return new ConfigWatcher(watched, name -> null, hash(watched), this::record);
  }

  private void record(ConfigResult result) {
    if (result instanceof ConfigResult.Loaded loaded) {
      told.add(loaded.config().routes().get(0).spec().name());
    } else {
      ((ConfigResult.Rejected) result).faults().forEach(f -> told.add(f.toString()));
    }
  }

  private static void polls(ConfigWatcher watcher, int count) {
    for (int i = 0; i < count; i++) {
      watcher.poll();
    }
  }

  private static void version(Path mount, String name, String route) throws IOException {
    Path version = Files.createDirectory(mount.resolve(name));
    Files.writeString(version.resolve("sentinel.yaml"), config(route));
  }

  private static String hash(Path file) {
    return ((ConfigResult.Loaded) ConfigLoader.load(file, name -> null)).contentHash();
  }

  private static String config(String route) {
    return "routes:\n- name: " + route + "\n  champion: { name: m, urls: [ \"http://h\" ] }\n";
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(ConfigWatcher.class);
  }
}
