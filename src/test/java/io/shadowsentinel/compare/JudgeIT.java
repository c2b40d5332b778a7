package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.ok;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Inquiry;
import io.shadowsentinel.compare.core.Judgement.Result;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.core.VerdictBatch;
import io.shadowsentinel.compare.judge.Judge;
import io.shadowsentinel.compare.judge.JudgeAllowance;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.compare.text.TextSettings;
import io.shadowsentinel.exchange.CapturedBatch;
import io.shadowsentinel.exchange.Shed;
import io.shadowsentinel.tls.TlsMaterial;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.math.BigDecimal;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeIT {
  private final BlockingQueue<String> requests = new LinkedBlockingQueue<>();
  private final BlockingQueue<Result> results = new LinkedBlockingQueue<>();
  private final CountDownLatch hold = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final JudgeAllowance allowance = new JudgeAllowance();
  private Clock clock = Clock.fixed(Instant.parse("2026-01-01T23:59:59Z"), ZoneOffset.UTC);
  private Judge judge =
      new Judge(clock, (route, result) -> results.add(result), unused -> TlsMaterial.NONE);
  private HttpServer server;
  private volatile String authorization;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/agree", x -> answer(x, 200, "{\"agree\":true,\"confidence\":0.8}"));
    server.createContext("/disagree", x -> answer(x, 200, "{\"agree\":false,\"confidence\":1}"));
    server.createContext("/bare", x -> answer(x, 201, "{\"agree\":true}"));
    server.createContext("/failing", x -> answer(x, 500, "{\"agree\":true}"));
    server.createContext("/redirect", x -> answer(x, 302, "{\"agree\":true}"));
    server.createContext("/garbage", x -> answer(x, 200, "<html>agree</html>"));
    server.createContext("/words", x -> answer(x, 200, "{\"agree\":\"true\"}"));
    server.createContext("/sure", x -> answer(x, 200, "{\"agree\":true,\"confidence\":1.1}"));
    server.createContext(
        "/endless", x -> answer(x, 200, "{\"agree\":true" + " ".repeat(70_000) + "}"));
    server.createContext("/second", x -> answer(x, 200, "{\"agree\":" + isFirst(x) + "}"));
    server.createContext("/held", this::answerLater);
    server.createContext("/trickle", this::trickle);
    server.start();
  }

  @AfterEach
  void stop() {
    hold.countDown();
    judge.close();
    server.stop(0);
    threads.shutdownNow();
  }

  private void answer(HttpExchange http, int status, String body) throws IOException {
    if (requests.isEmpty() || !http.getRequestURI().getPath().equals("/second")) {
      requests.add(new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
    }
    authorization = http.getRequestHeaders().getFirst("Authorization");
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    http.sendResponseHeaders(status, bytes.length);
    http.getResponseBody().write(bytes);
    http.close();
  }

  private boolean isFirst(HttpExchange http) throws IOException {
    String body = new String(http.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(body);
    return body.contains("\"path\":\"/0\"");
  }

  private void answerLater(HttpExchange http) throws IOException {
    await(hold);
    answer(http, 200, "{\"agree\":true}");
  }

  /** Headers at once, and a body that never ends. */
  private void trickle(HttpExchange http) throws IOException {
    http.sendResponseHeaders(200, 0);
    http.getResponseBody().write('{');
    http.getResponseBody().flush();
    await(hold);
    http.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private URI at(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  private static CompareSettings settings(JudgeSettings judge) {
    return Answers.settings("json")
        .withText(
            new TextSettings(
                TextSettings.Mode.JUDGE, null, null, TextSettings.DEFAULT_MIN_F1, judge));
  }

  private CompletableFuture<Verdict> ask(JudgeSettings by, String champion, String challenger) {
    Inquiry inquiry = Comparator.of(settings(by)).inquire(exchange(ok(champion), ok(challenger)));
    return judge.verdict(inquiry, allowance);
  }

  private static Outcome outcome(CompletableFuture<Verdict> verdict) throws Exception {
    return verdict.get(10, TimeUnit.SECONDS).outcome();
  }

  @ParameterizedTest
  @CsvSource({
    "/agree, AGREE, AGREE",
    "/bare, AGREE, AGREE",
    "/disagree, DISAGREE, DISAGREE",
    "/failing, INCOMPARABLE, FAILED",
    "/redirect, INCOMPARABLE, FAILED",
    "/garbage, INCOMPARABLE, UNREADABLE",
    "/words, INCOMPARABLE, UNREADABLE",
    "/sure, INCOMPARABLE, UNREADABLE",
    "/endless, INCOMPARABLE, UNREADABLE",
  })
  void answer_isTakenForWhatItIs(String path, Outcome outcome, Result result) throws Exception {
    assertThat(outcome(ask(JudgeSettings.at(at(path)), "\"yes\"", "\"of course\"")))
        .isEqualTo(outcome);
    assertThat(results).containsExactly(result);
    assertThat(requests)
        .containsExactly(
            "{\"route\":\"digits\",\"requestId\":\"r1\",\"path\":\"\","
                + "\"champion\":\"yes\",\"challenger\":\"of course\"}");
  }

  @Test
  void disagreement_isAConflict_thatNamesTheJudge() throws Exception {
    Verdict verdict =
        ask(JudgeSettings.at(at("/disagree")), "{\"a\":\"x\"}", "{\"a\":\"y\"}")
            .get(10, TimeUnit.SECONDS);
    assertThat(Answers.conflict(verdict).paths()).containsExactly("/a");
    assertThat(Answers.conflict(verdict).reason())
        .isEqualTo("the judge says that the texts differ");
  }

  @ParameterizedTest
  @CsvSource({"/held", "/trickle"})
  void answer_thatDoesNotCome_isTimedOut(String path) throws Exception {
    JudgeSettings by = new JudgeSettings(at(path), Duration.ofMillis(50), 10, 1, BigDecimal.ZERO);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(results).containsExactly(Result.TIMED_OUT);
    assertThat(allowance.enter(1)).as("the place is free again").isTrue();
  }

  @Test
  void judge_thatIsNotThere_isFailed() throws Exception {
    int port;
    try (ServerSocket taken = new ServerSocket(0)) {
      port = taken.getLocalPort();
    }
    JudgeSettings by = JudgeSettings.at(URI.create("http://127.0.0.1:" + port + "/"));
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(results).containsExactly(Result.FAILED);
  }

  @Test
  void budget_whenSpent_asksNoMore_untilTheNextDay() throws Exception {
    JudgeSettings by =
        new JudgeSettings(at("/agree"), Duration.ofSeconds(5), 2, 4, BigDecimal.ZERO);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.AGREE);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.AGREE);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(results).containsExactly(Result.AGREE, Result.AGREE, Result.OVER_BUDGET);
    assertThat(requests).hasSize(2);
    judge.close();
    clock = Clock.offset(clock, Duration.ofSeconds(1));
    judge = new Judge(clock, (route, result) -> results.add(result), unused -> TlsMaterial.NONE);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.AGREE);
  }

  @Test
  void place_whenTaken_isNotWaitedFor() throws Exception {
    JudgeSettings by =
        new JudgeSettings(at("/held"), Duration.ofSeconds(20), 10, 1, BigDecimal.ZERO);
    CompletableFuture<Verdict> first = ask(by, "\"a\"", "\"b\"");
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.INCOMPARABLE);
    assertThat(results).containsExactly(Result.BUSY);
    hold.countDown();
    assertThat(outcome(first)).isEqualTo(Outcome.AGREE);
  }

  @ParameterizedTest
  @CsvSource({"0.79, AGREE", "0.8, AGREE", "0.81, INCOMPARABLE"})
  void confidence_belowTheBar_countsForNothing(BigDecimal bar, Outcome outcome) throws Exception {
    JudgeSettings by = new JudgeSettings(at("/agree"), Duration.ofSeconds(5), 10, 1, bar);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(outcome);
  }

  @Test
  void texts_areAskedForOneByOne_untilOneDisagrees() throws Exception {
    Verdict verdict =
        ask(
                JudgeSettings.at(at("/second")),
                "[\"a\",\"b\",\"c\",\"same\"]",
                "[\"A\",\"B\",\"C\",\"same\"]")
            .get(10, TimeUnit.SECONDS);
    assertThat(verdict.outcome()).isEqualTo(Outcome.DISAGREE);
    assertThat(Answers.conflict(verdict).paths()).containsExactly("/1");
    assertThat(results).containsExactly(Result.AGREE, Result.DISAGREE);
  }

  @ParameterizedTest
  @CsvSource({"8, 8, AGREE", "9, 0, INCOMPARABLE"})
  void texts_beyondTheBound_areNotAskedFor(int texts, int asked, Outcome outcome) throws Exception {
    String ours = "[" + "\"a\",".repeat(texts - 1) + "\"a\"]";
    assertThat(outcome(ask(JudgeSettings.at(at("/agree")), ours, ours.replace('a', 'b'))))
        .isEqualTo(outcome);
    assertThat(requests).hasSize(asked);
  }

  @Test
  void difference_thatNeedsNoJudge_costsNoCall() throws Exception {
    JudgeSettings by = JudgeSettings.at(at("/agree"));
    assertThat(outcome(ask(by, "{\"a\":\"x\",\"n\":1}", "{\"a\":\"y\",\"n\":2}")))
        .isEqualTo(Outcome.DISAGREE);
    assertThat(requests).isEmpty();
  }

  @Test
  void user_inTheUrl_isSentAsBasic_andNeverShown() throws Exception {
    URI url = URI.create(at("/agree").toString().replace("//", "//me:s%40crt@"));
    JudgeSettings by = JudgeSettings.at(url);
    assertThat(outcome(ask(by, "\"a\"", "\"b\""))).isEqualTo(Outcome.AGREE);
    assertThat(authorization).isEqualTo("Basic bWU6c0BjcnQ=");
    assertThat(settings(by).toString()).doesNotContain("crt").doesNotContain("me:");
  }

  @Test
  void worker_doesNotWait_andReleasesOnce_alsoWhenItStops() throws Exception {
    Vertx vertx = Vertx.vertx();
    try {
      Channel.install(vertx.eventBus());
      BlockingQueue<VerdictBatch> batches = new LinkedBlockingQueue<>();
      VerdictBatch.CHANNEL.subscribe(
          vertx.eventBus(),
          batch -> {
            batch.release().run();
            batches.add(batch);
          });
      ComparatorTable table = new ComparatorTable();
      JudgeSettings by =
          new JudgeSettings(at("/held"), Duration.ofMinutes(1), 10, 4, BigDecimal.ZERO);
      table.replace(Map.of("digits", settings(by)));
      String deployment =
          vertx
              .deployVerticle(
                  new ComparisonVerticle(
                      table, (route, result) -> results.add(result), unused -> TlsMaterial.NONE),
                  new DeploymentOptions().setThreadingModel(ThreadingModel.WORKER))
              .await();
      BlockingQueue<Integer> released = new LinkedBlockingQueue<>();
      CapturedBatch.CHANNEL.send(
          vertx.eventBus(),
          new CapturedBatch(
              List.of(exchange(ok("\"a\""), ok("\"b\"")), exchange(ok("1"), ok("1"))),
              List.<Shed>of(),
              () -> released.add(1)));
      assertThat(next(batches).verdicts())
          .extracting(Verdict::outcome)
          .containsExactly(Outcome.AGREE);
      assertThat(released).isEmpty();

      vertx.undeploy(deployment).await();

      assertThat(next(batches).verdicts())
          .extracting(Verdict::outcome)
          .containsExactly(Outcome.INCOMPARABLE);
      assertThat(results).containsExactly(Result.CANCELLED);
      assertThat(released).hasSize(1);
      assertThat(batches).isEmpty();
    } finally {
      vertx.close().await();
    }
  }

  private static <T> T next(BlockingQueue<T> queue) throws InterruptedException {
    T item = queue.poll(10, TimeUnit.SECONDS);
    assertThat(item).isNotNull();
    return item;
  }
}
