package io.shadowsentinel.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.shadowsentinel.kit.Cuts;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A chunk's line is what its grammar says, and nothing else. */
class ChunkSizeFuzzTest {
  /** RFC 9112, section 7.1, with a bound, and any text for extensions. */
  private static final Pattern LINE =
      Pattern.compile("([0-9a-fA-F]{1,15})([ \\t]*;[^\\x00-\\x08\\x0a-\\x1f\\x7f]*)?\\r\\n");

  @FuzzTest(maxDuration = "60s")
  void lines(byte[] bytes) {
    String whole = read(List.of(bytes));
    for (List<byte[]> parts : Cuts.of(bytes)) {
      assertThat(read(parts)).isEqualTo(whole);
    }
    Matcher line = LINE.matcher(new String(bytes, ISO_8859_1));
    boolean good = line.lookingAt() && line.end() <= 4_096;
    assertThat(whole.startsWith("size")).isEqualTo(good);
    if (good) {
      assertThat(whole).isEqualTo("size %d of %d", Long.parseLong(line.group(1), 16), line.end());
    }
  }

  private static String read(List<byte[]> parts) {
    ChunkSize size = new ChunkSize();
    size.begin();
    int taken = 0;
    try {
      for (byte[] part : parts) {
        ByteBuf in = Unpooled.wrappedBuffer(part);
        boolean whole = size.read(in);
        taken += in.readerIndex();
        if (whole) {
          return "size " + size.bytes() + " of " + taken;
        }
        assertThat(in.isReadable()).isFalse();
      }
    } catch (UpstreamFault fault) {
      return fault.getMessage();
    }
    return "not whole";
  }
}
