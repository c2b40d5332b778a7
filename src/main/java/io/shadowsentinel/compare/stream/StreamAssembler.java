package io.shadowsentinel.compare.stream;

import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.JsonWriter;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.exchange.StreamKind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Puts a streamed answer together: one JSON document, in the shape of the answer that comes at
 * once, for the route's format to read as it reads that. So a stream can be compared with a stream
 * that was cut otherwise, and with an answer that was none.
 *
 * <ul>
 *   <li>events that are OpenAI's chunks: see {@link OpenAiAssembly}
 *   <li>events that are TGI's tokens: see {@link TgiAssembly}
 *   <li>other events: an array of what their {@code data} holds, a string where that is no JSON,
 *       with the event's name as a member {@code event:} where it has one
 *   <li>lines (NDJSON): an array
 * </ul>
 *
 * <p>The first value decides which. Left out: comments, events without data, those of type {@code
 * ping}, {@code [DONE]} and all that follows it. An error that comes midway makes the whole answer
 * unreadable, as an end that comes too early does: a user cannot use it either. Mutable, for one
 * body.
 */
public final class StreamAssembler {
  private static final String DONE = "[DONE]";
  private static final String JSON = "application/json";
  private static final String MESSAGE = "message";

  /** What the name of an event is called beside its data: as the field of the stream is. */
  private static final String NAME = "event:";

  /** Reads the parts; what is ignored is marked when the whole is read. */
  private static final JsonReader READER = new JsonReader(null);

  private @Nullable Assembly assembly;
  private int number;
  private int values;
  private boolean done;
  private boolean plainText;

  private StreamAssembler() {}

  /**
   * The body as one document, when its media type is that of a {@link StreamKind}; else the body
   * itself.
   *
   * @throws UnreadableException when the stream holds an error, is cut off, or is not what its
   *     media type says
   */
  public static Body assemble(Body body) throws UnreadableException {
    StreamKind kind = StreamKind.of(body.contentType());
    if (kind == null) {
      return body;
    }
    if (kind == StreamKind.LINES) {
      JsonReader.requireUtf8(body.bytes());
    }
    StreamAssembler assembler = new StreamAssembler();
    byte[] document =
        switch (kind) {
          case EVENTS -> assembler.events(body.bytes());
          case LINES -> assembler.lines(body.bytes());
        };
    return new Body(document, JSON, body.json(), null, body.target());
  }

  private byte[] events(byte[] bytes) throws UnreadableException {
    EventStream stream = new EventStream(this::event);
    stream.feed(bytes);
    String unended = stream.end();
    done |= unended != null && isDone(unended);
    return end();
  }

  private byte[] lines(byte[] bytes) throws UnreadableException {
    int start = 0;
    for (int at = 0; at <= bytes.length; at++) {
      if (at == bytes.length || bytes[at] == '\n') {
        line(new String(bytes, start, at - start, StandardCharsets.UTF_8));
        start = at + 1;
      }
    }
    return end();
  }

  private byte[] end() throws UnreadableException {
    if (assembly == null) {
      throw new UnreadableException("the stream is empty");
    }
    return assembly.end(done);
  }

  private void event(EventStream.Event event) throws UnreadableException {
    String data = event.data();
    if (done || data.isBlank() || event.type().equals("ping")) {
      return;
    }
    number++;
    if (isDone(data)) {
      done = true;
      return;
    }
    try {
      Json value = value(data);
      if (event.type().equals("error")) {
        throw new UnreadableException(StreamError.words(value));
      }
      boolean text = plainText && value instanceof Json.Text;
      String written = text ? quoted(value) : data;
      add(value, event.type().equals(MESSAGE) ? written : named(event.type(), value, written));
    } catch (UnreadableException e) {
      throw new UnreadableException("event " + number + ": " + e.reason());
    }
  }

  private static boolean isDone(String data) {
    return data.strip().equals(DONE);
  }

  private void line(String text) throws UnreadableException {
    number++;
    String line = number == 1 && text.startsWith("\uFEFF") ? text.substring(1) : text;
    if (line.isBlank()) {
      return;
    }
    try {
      if (assembly == null) {
        assembly = new ArrayAssembly();
      }
      add(json(line), line);
    } catch (UnreadableException e) {
      throw new UnreadableException("line " + number + ": " + e.reason());
    }
  }

  /** What an event's data holds. Who sends plain text once is taken to send it from there on. */
  private Json value(String data) throws UnreadableException {
    boolean object = data.stripLeading().startsWith("{");
    if (!plainText || object) {
      try {
        return json(data);
      } catch (UnreadableException e) {
        if (object) {
          throw e;
        }
        plainText = true;
      }
    }
    return new Json.Text(data);
  }

  private static Json json(String text) throws UnreadableException {
    if (text.startsWith("\uFEFF")) {
      // Before a document a reader passes over it; here it would stand in the middle of one.
      throw new UnreadableException("a byte order mark (expected a value)");
    }
    return READER.read(text.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A value with the name of its event, by which clients choose who gets it. So two streams that
   * differ in names differ, and what a pointer points at stays where it is.
   */
  private static String named(String type, Json value, String written) {
    String name = quoted(new Json.Text(NAME)) + ":" + quoted(new Json.Text(type));
    boolean object = value instanceof Json.Members m && !m.byName().containsKey(NAME);
    if (!object) {
      return "{" + name + ",\"data\":" + written + "}";
    }
    boolean empty = ((Json.Members) value).byName().isEmpty();
    return "{" + name + (empty ? "" : ",") + written.stripLeading().substring(1);
  }

  private static String quoted(Json value) {
    return new String(JsonWriter.write(value), StandardCharsets.US_ASCII);
  }

  private void add(Json value, String written) throws UnreadableException {
    String error = StreamError.in(value);
    if (error != null) {
      throw new UnreadableException(error);
    }
    values += size(value);
    if (values > JsonReader.MAX_TOKENS) {
      throw new UnreadableException("more than " + JsonReader.MAX_TOKENS + " values in the stream");
    }
    if (assembly == null) {
      assembly = assemblyFor(value);
    }
    assembly.add(value, written);
  }

  private static Assembly assemblyFor(Json first) {
    if (first instanceof Json.Members members) {
      if (OpenAiAssembly.knows(members)) {
        return new OpenAiAssembly();
      }
      if (TgiAssembly.knows(members)) {
        return new TgiAssembly();
      }
    }
    return new ArrayAssembly();
  }

  /** How many values a value holds, itself included: each part is bounded, and so is their sum. */
  private static int size(Json value) {
    if (value instanceof Json.Members members) {
      return 1 + members.byName().values().stream().mapToInt(StreamAssembler::size).sum();
    }
    if (value instanceof Json.Mixed items) {
      return 1 + Arrays.stream(items.values()).mapToInt(StreamAssembler::size).sum();
    }
    return value instanceof Json.Numbers numbers ? 1 + numbers.size() : 1;
  }
}
