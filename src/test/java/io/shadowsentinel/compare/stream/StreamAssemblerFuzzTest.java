package io.shadowsentinel.compare.stream;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.kit.Cuts;
import java.util.ArrayList;
import java.util.List;

/** However the parts of a stream come it is one document, or none, and not much larger than it. */
class StreamAssemblerFuzzTest {
  private static final JsonReader READER = new JsonReader(null);

  /** A letter may become six, and an event's text a member of a few names. */
  private static final int MOST_TIMES = 16;

  @FuzzTest(maxDuration = "60s")
  void streams(byte[] bytes) throws UnreadableException {
    String whole = events(List.of(bytes));
    for (List<byte[]> parts : Cuts.of(bytes)) {
      assertThat(events(parts)).isEqualTo(whole);
    }
    assemble(bytes, "text/event-stream");
    assemble(bytes, "application/x-ndjson");
  }

  private static String events(List<byte[]> parts) throws UnreadableException {
    List<EventStream.Event> events = new ArrayList<>();
    EventStream stream = new EventStream(events::add);
    for (byte[] part : parts) {
      stream.feed(part);
    }
    return events + "|" + stream.end();
  }

  private static void assemble(byte[] bytes, String contentType) {
    Body document;
    try {
      document = StreamAssembler.assemble(new Body(bytes, contentType, READER));
    } catch (UnreadableException e) {
      assertThat(e.reason()).isNotBlank().hasSizeLessThan(1_000);
      return;
    }
    assertThat(document.bytes().length).isLessThanOrEqualTo(1_000 + MOST_TIMES * bytes.length);
    try {
      assertThat(document.readJson()).isNotNull();
    } catch (UnreadableException e) {
      throw new AssertionError("no document: " + e.reason(), e);
    }
  }
}
