package io.shadowsentinel.cli;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;

/**
 * The demo's users: they send the held-out rows, one a request, over and over, at a pace that can
 * be watched. Any thread.
 */
final class DemoTraffic {
  private static final String ROWS = "/models/digits/data/replay.csv";
  private static final long PERIOD_MILLIS = 25;

  private final Vertx vertx;
  private final HttpClient client;
  private final int port;
  private final List<Buffer> requests;
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile long timer = -1;

  /** Reads the rows; sends nothing yet. Blocks. */
  DemoTraffic(Vertx vertx, int port) {
    this.vertx = vertx;
    this.port = port;
    this.requests = rows();
    this.client =
        vertx
            .httpClientBuilder()
            .with(new HttpClientOptions())
            .with(new PoolOptions().setHttp1MaxSize(16))
            .build();
  }

  void start() {
    timer = vertx.setPeriodic(PERIOD_MILLIS, unused -> send());
  }

  void stop() {
    vertx.cancelTimer(timer);
  }

  long answered() {
    return answered.get();
  }

  /** Requests that a user saw fail. */
  long failed() {
    return failed.get();
  }

  private void send() {
    Buffer body = requests.get((int) (sent.getAndIncrement() % requests.size()));
    client
        .request(HttpMethod.POST, port, "127.0.0.1", "/v2/models/" + DemoStage.MODEL + "/infer")
        .compose(request -> request.putHeader("Content-Type", "application/json").send(body))
        .compose(answer -> answer.body().map(answer.statusCode()))
        .onSuccess(status -> (status == 200 ? answered : failed).incrementAndGet())
        .onFailure(broken -> failed.incrementAndGet());
  }

  private static List<Buffer> rows() {
    List<Buffer> rows = new ArrayList<>();
    try (InputStream in = DemoTraffic.class.getResourceAsStream(ROWS)) {
      if (in == null) {
        throw new IllegalStateException(ROWS + ": not in this build");
      }
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        // The last column is the label, which a user does not have.
        String pixels = line.substring(0, line.lastIndexOf(','));
        rows.add(
            Buffer.buffer(
                "{\"inputs\":[{\"name\":\"input\",\"datatype\":\"FP32\",\"shape\":[1,64],\"data\":["
                    + pixels
                    + "]}]}"));
      }
    } catch (IOException e) {
      throw new IllegalStateException(ROWS + ": " + e.getMessage(), e);
    }
    return rows;
  }
}
