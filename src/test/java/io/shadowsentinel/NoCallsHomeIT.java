package io.shadowsentinel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The program where there is no network but the loopback: in a network namespace of its own it
 * starts and works, and a trace of its system calls shows that it tried to reach nobody else, by
 * name or by address. Needs Linux, {@code unshare}, {@code ip}, {@code strace} and the right to a
 * namespace.
 */
class NoCallsHomeIT {
  private static final Pattern ADDRESS =
      Pattern.compile(
          "sa_family=AF_INET6?,.*?(?:inet_addr\\(\"|inet_pton\\(AF_INET6, \")([^\"]+)\"");
  private static final Pattern LOOPBACK = Pattern.compile("127\\..*|::1|::ffff:127\\..*");

  /** Runs a script in a namespace that has the loopback and nothing else; $TRACE traces calls. */
  private static final String NAMESPACE =
      "set -e; ip link set lo up; test -z \"$(ip route)\";"
          + " TRACE=\"strace -f -qq -e trace=connect,sendto,sendmsg,sendmmsg -o %s\"; %s";

  @TempDir private Path directory;

  private record Ran(int exitCode, String output, List<String> strangers) {}

  /** As root, or as one who may be root in a namespace of users. */
  private List<String> unshare = List.of("unshare", "--net");

  @BeforeEach
  void needsANamespace() throws Exception {
    if (!works("unshare --net true")) {
      unshare = List.of("unshare", "--user", "--map-root-user", "--net");
    }
    for (String probe :
        List.of(
            String.join(" ", unshare) + " true",
            "ip -V",
            "strace -f -qq -o /dev/null true",
            "curl -V")) {
      if (!works(probe)) {
        abort("not shown here that nothing calls home: `" + probe + "` does not work");
      }
    }
  }

  private static boolean works(String command) throws InterruptedException {
    try {
      return new ProcessBuilder(command.split(" "))
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start()
              .waitFor()
          == 0;
    } catch (IOException notInstalled) {
      return false;
    }
  }

  private Ran run(String script) throws Exception {
    Path trace = directory.resolve("trace");
    Path output = directory.resolve("output");
    List<String> command = new ArrayList<>(unshare);
    command.addAll(List.of("bash", "-c", String.format(NAMESPACE, trace, script)));
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    boolean ended = process.waitFor(120, TimeUnit.SECONDS);
    if (!ended) {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    String said = Files.readString(output);
    assertThat(ended).as("ended in time: %s", said).isTrue();
    return new Ran(process.exitValue(), said, strangers(trace));
  }

  /** The calls whose address is not on the loopback. */
  private static List<String> strangers(Path trace) throws IOException {
    return Files.readAllLines(trace, StandardCharsets.ISO_8859_1).stream()
        .filter(
            call -> {
              Matcher address = ADDRESS.matcher(call);
              return address.find() && !LOOPBACK.matcher(address.group(1)).matches();
            })
        .toList();
  }

  private static String java() {
    return Path.of(System.getProperty("java.home"), "bin", "java")
        + " -Xmx256m -jar "
        + SentinelProcess.JAR.toAbsolutePath();
  }

  @Test
  void demo_withoutARoute_comesToItsDecision_andAsksNobodyElse() throws Exception {
    Ran ran = run("exec $TRACE " + java() + " demo --exit-after-decision");

    assertThat(ran.exitCode()).as(ran.output()).isZero();
    assertThat(ran.output()).contains("PROMOTE");
    assertThat(ran.strangers()).isEmpty();
  }

  @Test
  void run_withoutARoute_servesEverything_andAsksNobodyElse() throws Exception {
    Path config =
        Files.writeString(
            directory.resolve("sentinel.yaml"),
            """
            listen: { host: 127.0.0.1, port: 8080 }
            admin: { host: 127.0.0.1, port: 9090 }
            state: { directory: %s }
            routes:
              - name: r
                champion: { name: a, urls: [ "http://127.0.0.1:1", "http://localhost:2" ] }
                challenger: { name: b, urls: [ "https://localhost:3" ] }
            """
                .formatted(directory.resolve("state")));
    // The ports are the namespace's own.
    Ran ran =
        run(
            """
            $TRACE %s run --config %s >%s 2>&1 &
            until curl -sf http://127.0.0.1:9090/health/ready; do kill -0 $!; sleep 0.1; done
            for path in / /metrics /api/v1/routes /api/v1/decisions; do
              curl -sf "http://127.0.0.1:9090$path" >/dev/null && echo "served $path"
            done
            curl -s -d '{}' -H 'Content-Type: application/json' -w 'status %%{http_code}' http://127.0.0.1:8080/
            kill -TERM $(ps -o pid= --ppid $!)
            wait $! || test $? = 143
            """
                .formatted(java(), config, directory.resolve("log")));

    assertThat(ran.exitCode()).as(ran.output()).isZero();
    assertThat(ran.output())
        .contains("served /\n", "served /metrics", "served /api/v1/decisions", "status 502");
    assertThat(ran.strangers()).isEmpty();
  }

  /** That the trace would show it: of two calls, the one that leaves the loopback. */
  @Test
  void trace_ofACallToElsewhere_isSeen() throws Exception {
    Ran ran =
        run(
            "$TRACE bash -c '(exec 3<>/dev/tcp/127.0.0.1/1); (exec 3<>/dev/tcp/192.0.2.1/80)'"
                + " || true");

    assertThat(ran.strangers()).singleElement().asString().contains("192.0.2.1", "ENETUNREACH");
  }
}
