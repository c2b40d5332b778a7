package io.shadowsentinel.compare.json;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import io.shadowsentinel.compare.Answers;
import java.util.List;
import org.junit.jupiter.api.Test;

class PointerTest {

  @Test
  void find_onePlace_isOneRow() throws UnreadableException {
    assertThat(paths("/a/b", "{\"a\":{\"b\":1}}")).containsExactly("/a/b");
  }

  @Test
  void find_arrayAtTheEnd_isARowForEachElement() throws UnreadableException {
    assertThat(paths("/a", "{\"a\":[1,\"x\",true]}")).containsExactly("/a/0", "/a/1", "/a/2");
  }

  @Test
  void find_star_takesEveryElementAndMember() throws UnreadableException {
    assertThat(paths("/p/*/l", "{\"p\":[{\"l\":1},{\"l\":2}]}"))
        .containsExactly("/p/0/l", "/p/1/l");
    assertThat(paths("/p/*/l", "{\"p\":{\"x\":{\"l\":1},\"y\":{\"l\":2}}}"))
        .containsExactly("/p/x/l", "/p/y/l");
  }

  @Test
  void find_escapes() throws UnreadableException {
    assertThat(paths("/a~1b/~0/~01", "{\"a/b\":{\"~\":{\"~1\":5}}}"))
        .containsExactly("/a~1b/~0/~01");
  }

  @Test
  void find_index() throws UnreadableException {
    assertThat(paths("/a/1", "{\"a\":[7,8]}")).containsExactly("/a/1");
    assertThat(found("/a/2", "{\"a\":[7,8]}").everywhere()).isFalse();
    assertThat(found("/a/01", "{\"a\":[7,8]}").everywhere()).isFalse();
    assertThat(found("/a/-1", "{\"a\":[7,8]}").everywhere()).isFalse();
    assertThat(found("/a/99999999999", "{\"a\":[7,8]}").everywhere()).isFalse();
  }

  @Test
  void find_missingOrNullInOneRow_isNotEverywhere() throws UnreadableException {
    assertThat(found("/p/*/l", "{\"p\":[{\"l\":1},{}]}").everywhere()).isFalse();
    assertThat(found("/p/*/l", "{\"p\":[{\"l\":1},{\"l\":null}]}").everywhere()).isFalse();
    assertThat(found("/p", "{\"p\":[1,null]}").everywhere()).isFalse();
    assertThat(found("/p/x", "{\"p\":1}").everywhere()).isFalse();
  }

  @Test
  void find_noRows_isEverywhere() throws UnreadableException {
    assertThat(found("/p/*/l", "{\"p\":[]}").everywhere()).isTrue();
    assertThat(found("/p/*/l", "{\"p\":[]}").values()).isEmpty();
  }

  @Test
  void find_wholeDocument() throws UnreadableException {
    assertThat(paths("", "[3,4]")).containsExactly("/0", "/1");
  }

  private static List<String> paths(String pointer, String document) throws UnreadableException {
    Pointer.Found found = found(pointer, document);
    assertThat(found.everywhere()).isTrue();
    return found.paths().stream().map(Path::toString).toList();
  }

  private static Pointer.Found found(String pointer, String document) throws UnreadableException {
    Json json = new JsonReader(null).read(Answers.bytes(document));
    return new Pointer(JsonPointer.compile(pointer)).find(json);
  }
}
