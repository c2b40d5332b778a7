package io.shadowsentinel.proxy;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.util.Arrays;

/** Whatever a patch meets, the body fits it or not, and stays within its bound. */
class BodyPatchFuzzTest {
  private static final int MAX_BYTES = 4_096;
  private static final JsonMapper JSON = new JsonMapper();

  /**
   * A patch, and what it is applied to.
   *
   * @param bytes the patch's line, and the body after it
   */
  @FuzzTest(maxDuration = "60s")
  void patches(byte[] bytes) throws IOException {
    int line = 0;
    while (line < bytes.length && bytes[line] != '\n') {
      line++;
    }
    byte[] body = Arrays.copyOfRange(bytes, Math.min(line + 1, bytes.length), bytes.length);
    BodyPatch patch;
    try {
      patch = BodyPatch.of(new String(bytes, 0, line, UTF_8));
    } catch (IllegalArgumentException noPatch) {
      assertThat(noPatch).hasMessageStartingWith("not a JSON Patch");
      return;
    }
    try {
      byte[] before = body.clone();
      byte[] patched = patch.apply(body, MAX_BYTES);
      assertThat(body).as("left as it was").isEqualTo(before);
      assertThat(patched.length).isLessThanOrEqualTo(MAX_BYTES);
      JsonNode read = JSON.readTree(patched);
      assertThat(read.isMissingNode()).isFalse();
      assertThat(patch.apply(body, MAX_BYTES)).as("the same again").isEqualTo(patched);
    } catch (UnpatchableException unfit) {
      assertThat(unfit.getMessage()).isNotBlank();
    }
  }
}
