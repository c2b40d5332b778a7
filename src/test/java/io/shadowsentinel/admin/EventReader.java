package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Reads server-sent events as a browser would. */
final class EventReader implements AutoCloseable {

  /**
   * @param type {@code end} when the stream ended
   */
  record Event(String type, String id, String data) {
    JsonNode json() throws IOException {
      return AdminJson.mapper().readTree(data);
    }
  }

  private final InputStream in;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private volatile String lastId = "";

  EventReader(InputStream in) {
    this.in = in;
    Thread reader = new Thread(this::read, "event-reader");
    reader.setDaemon(true);
    reader.start();
  }

  /** The next event of that type; others are passed over. */
  Event next(String type) throws InterruptedException {
    while (true) {
      Event event = events.poll(20, TimeUnit.SECONDS);
      assertThat(event).as("an event %s within 20 s", type).isNotNull();
      if (event.type().equals(type)) {
        return event;
      }
      assertThat(event.type()).as("the stream ended before %s", type).isNotEqualTo("end");
    }
  }

  String lastId() {
    return lastId;
  }

  private void read() {
    String type = "message";
    StringBuilder data = new StringBuilder();
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          if (!data.isEmpty()) {
            events.add(new Event(type, lastId, data.toString()));
          }
          type = "message";
          data.setLength(0);
        } else if (line.startsWith("event: ")) {
          type = line.substring(7);
        } else if (line.startsWith("id: ")) {
          lastId = line.substring(4);
        } else if (line.startsWith("data: ")) {
          data.append(line.substring(6));
        }
      }
    } catch (IOException | UncheckedIOException e) {
      // A cut connection ends the stream as well as a clean end does.
    }
    events.add(new Event("end", lastId, ""));
  }

  @Override
  public void close() throws IOException {
    in.close();
  }
}
