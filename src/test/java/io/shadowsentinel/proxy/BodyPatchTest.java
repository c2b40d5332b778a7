package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BodyPatchTest {
  private static final String MODEL = "[{'op':'replace','path':'/model','value':'v2'}]";

  private static String apply(String patch, String body) throws UnpatchableException {
    return apply(patch, body, 1 << 20);
  }

  private static String apply(String patch, String body, int max) throws UnpatchableException {
    byte[] patched = BodyPatch.of(json(patch)).apply(json(body).getBytes(UTF_8), max);
    return new String(patched, UTF_8).replace('"', '\'');
  }

  private static String json(String text) {
    return text.replace('\'', '"');
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[{'op':'add','path':'/a','value':{'b':[1]}}]                | {'x':1}       | {'x':1,'a':{'b':[1]}}",
        "[{'op':'add','path':'/x/-','value':3}]                      | {'x':[1,2]}   | {'x':[1,2,3]}",
        "[{'op':'add','path':'/x/0','value':3}]                      | {'x':[1,2]}   | {'x':[3,1,2]}",
        "[{'op':'remove','path':'/x/1'}]                             | {'x':[1,2]}   | {'x':[1]}",
        "[{'op':'replace','path':'/a~1b','value':null}]              | {'a/b':1}     | {'a/b':null}",
        "[{'op':'move','from':'/a','path':'/b'}]                     | {'a':1}       | {'b':1}",
        "[{'op':'copy','from':'/a','path':'/b'}]                     | {'a':[1]}     | {'a':[1],'b':[1]}",
        "[{'op':'test','path':'/a','value':'é'},{'op':'remove','path':'/a'}] | {'a':'é'} | {}",
        "[{'op':'replace','path':'/0/m','value':2}]                  | [{'m':1}]     | [{'m':2}]",
        "[{'op':'add','path':'/a','value':1,'xyz':{'op':'remove'}}]  | {'x':1}       | {'x':1,'a':1}",
        "[{'op':'remove','path':'/x','value':7,'from':'/y'}]         | {'x':1}       | {}",
      })
  void operation_isAsTheRfcHasIt(String patch, String body, String expected) throws Exception {
    assertThat(apply(patch, body)).isEqualTo(expected);
  }

  @Test
  void numbers_keepEveryDigit() throws Exception {
    String data = "[1.0,0.12345678901234567890123,12345678901234567890,1.50,-7]";

    assertThat(apply(MODEL, "{'model':'v1','data':" + data + "}"))
        .isEqualTo("{'model':'v2','data':" + data + "}");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "no json",
        "{'model':1",
        "{'model':1} {}",
        "{'model':1,'model':2}",
        "'text'",
        "7",
        "null",
        "{'other':1}",
        "[1]",
        "{'model':NaN}"
      })
  void bodyThatIsNoJson_orDoesNotFit_isNotPatched(String body) {
    assertThatThrownBy(() -> apply(MODEL, body)).isInstanceOf(UnpatchableException.class);
  }

  @Test
  void invalidUtf8_andNestingWithoutEnd_areNotPatched() {
    BodyPatch patch = BodyPatch.of(json(MODEL));
    byte[] invalid = {'{', '"', (byte) 0xff, '"', ':', '1', '}'};
    byte[] deep = ("{\"model\":" + "[".repeat(10_000)).getBytes(UTF_8);

    assertThatThrownBy(() -> patch.apply(invalid, 100)).isInstanceOf(UnpatchableException.class);
    assertThatThrownBy(() -> patch.apply(deep, 100)).isInstanceOf(UnpatchableException.class);
  }

  @Test
  void testThatFails_isToldByItsPlace_withoutTheBodysText() {
    assertThatThrownBy(
            () ->
                apply("[{'op':'test','path':'/model','value':'v1'}]", "{'model':'s3cret','x':'y'}"))
        .isInstanceOf(UnpatchableException.class)
        .hasMessage("operation 1, test /model: does not fit the body");
  }

  @Test
  void missingMember_isNotRemoved() {
    assertThatThrownBy(() -> apply("[{'op':'remove','path':'/a'}]", "{'b':1}"))
        .isInstanceOf(UnpatchableException.class);
  }

  @Test
  void lengthWhenPatched_isBounded() throws Exception {
    // {"model":"v2"} has 14 bytes.
    assertThat(apply(MODEL, "{'model':1}", 15)).hasSize(14);
    assertThat(apply(MODEL, "{'model':1}", 14)).hasSize(14);
    assertThatThrownBy(() -> apply(MODEL, "{'model':1}", 13))
        .isInstanceOf(UnpatchableException.class)
        .hasMessage("over 13 bytes when patched");
  }

  @Test
  void copiesOfCopies_areBounded_beforeTheyAreMade() {
    StringBuilder patch = new StringBuilder("[");
    for (int i = 0; i < 90; i++) {
      boolean even = i % 2 == 0;
      patch
          .append(i == 0 ? "" : ",")
          .append("{'op':'copy','from':'/")
          .append(even ? "a" : "b")
          .append("','path':'/")
          .append(even ? "b" : "a")
          .append("/-'}");
    }
    assertThatThrownBy(() -> apply(patch + "]", "{'a':[1],'b':[1]}"))
        .isInstanceOf(UnpatchableException.class)
        .hasMessageContaining("more than 1000000 values");
  }

  @Test
  void patch_isTheSameAfterItsValueWasChangedInABody() throws Exception {
    String patch =
        "[{'op':'add','path':'/p','value':{}},{'op':'add','path':'/p/n','value':1},"
            + "{'op':'test','path':'/p','value':{'n':1}}]";
    BodyPatch shared = BodyPatch.of(json(patch));

    for (int i = 0; i < 3; i++) {
      assertThat(new String(shared.apply("{}".getBytes(UTF_8), 100), UTF_8))
          .isEqualTo("{\"p\":{\"n\":1}}");
    }
  }
}
