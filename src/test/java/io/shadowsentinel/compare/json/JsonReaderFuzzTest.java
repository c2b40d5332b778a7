package io.shadowsentinel.compare.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.core.JsonPointer;
import java.util.List;

/** Any bytes are the document that Jackson says they are, or none. */
class JsonReaderFuzzTest {
  private static final IgnoreRules IGNORED =
      IgnoreRules.of(
          List.of(
              JsonPointer.compile("/id"),
              JsonPointer.compile("/a/*/b"),
              JsonPointer.compile("/0/1")));

  private interface Read {
    Json read(byte[] bytes) throws UnreadableException;
  }

  @FuzzTest(maxDuration = "60s")
  void documents(byte[] bytes) {
    QuickJsonTest.agrees(bytes);
    JsonReader plain = new JsonReader(null);
    JsonReader marking = new JsonReader(IGNORED);
    String read = outcome(plain::read, bytes);
    if (!read.equals(outcome(plain::parse, bytes))) {
      assertThat(read).startsWith("not JSON: the body is ").contains("UTF-8");
    }
    String marked = outcome(marking::read, bytes);
    if (!marked.equals(outcome(marking::parse, bytes))) {
      assertThat(marked).startsWith("not JSON: the body is ").contains("UTF-8");
    }
    outcome(plain::readWithSpecials, bytes);
    outcome(marking::readLines, bytes);
  }

  private static String outcome(Read read, byte[] bytes) {
    try {
      return QuickJsonTest.shown(read.read(bytes));
    } catch (UnreadableException e) {
      assertThat(e.reason()).isNotBlank().hasSizeLessThan(400);
      return e.reason();
    }
  }
}
