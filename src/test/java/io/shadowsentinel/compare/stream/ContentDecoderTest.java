package io.shadowsentinel.compare.stream;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.compare.Answers;
import io.shadowsentinel.compare.json.UnreadableException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

public class ContentDecoderTest {
  private static final byte[] PLAIN = Answers.bytes("{\"label\": \"cat\", \"x\": [1,2,3]}");

  @Test
  void decode_withoutEncoding_isTheBodyItself() throws UnreadableException {
    assertThat(ContentDecoder.decode(PLAIN, null)).isSameAs(PLAIN);
    assertThat(ContentDecoder.decode(PLAIN, "  ")).isSameAs(PLAIN);
    assertThat(ContentDecoder.decode(PLAIN, "identity")).isSameAs(PLAIN);
  }

  @ParameterizedTest
  @ValueSource(strings = {"gzip", "x-gzip", "GZip", " gzip ", "identity, gzip", "gzip,"})
  void decode_gzip(String encoding) throws Exception {
    assertThat(ContentDecoder.decode(gzip(PLAIN), encoding)).isEqualTo(PLAIN);
  }

  @Test
  void decode_deflate_wrappedAndBare() throws Exception {
    assertThat(ContentDecoder.decode(deflate(PLAIN, false), "deflate")).isEqualTo(PLAIN);
    assertThat(ContentDecoder.decode(deflate(PLAIN, true), "deflate")).isEqualTo(PLAIN);
    assertThat(ContentDecoder.decode(deflate(new byte[0], true), "deflate")).isEmpty();
  }

  @Test
  void decode_list_isUndoneFromTheLast() throws Exception {
    byte[] twice = gzip(deflate(PLAIN, false));
    assertThat(ContentDecoder.decode(twice, "deflate, gzip")).isEqualTo(PLAIN);
    assertUnreadable(twice, "gzip, deflate", "the body is not deflate");
  }

  @Test
  void decode_tooManyEncodings_isUnreadable() throws Exception {
    byte[] four = gzip(gzip(gzip(gzip(PLAIN))));
    assertThat(ContentDecoder.decode(four, "gzip,gzip,gzip,gzip")).isEqualTo(PLAIN);
    assertUnreadable(gzip(four), "gzip,gzip,gzip,gzip,gzip", "more than 4 content encodings");
  }

  @Test
  void decode_whatIsNotEncodedSo_isUnreadable() throws Exception {
    assertUnreadable(PLAIN, "gzip", "the body is not gzip");
    assertUnreadable(PLAIN, "deflate", "the body is not deflate");
    assertUnreadable(PLAIN, "br", "content encoding br (expected gzip, deflate or identity)");
    assertUnreadable(new byte[0], "gzip", "the gzip body ends too early");
  }

  @Test
  void decode_cutShort_isUnreadable() throws Exception {
    for (byte[] whole : new byte[][] {gzip(PLAIN), deflate(PLAIN, false)}) {
      String encoding = whole[0] == 0x1f ? "gzip" : "deflate";
      for (int length = 0; length < whole.length; length++) {
        byte[] cut = Arrays.copyOf(whole, length);
        assertThatThrownBy(() -> ContentDecoder.decode(cut, encoding))
            .isInstanceOf(UnreadableException.class);
      }
    }
  }

  @Test
  void decode_gzipWithAWrongChecksum_isUnreadable() throws Exception {
    byte[] broken = gzip(PLAIN);
    broken[broken.length - 8] ^= 1;
    assertUnreadable(broken, "gzip", "the body is not gzip");
  }

  @Test
  void decode_atTheBound_isRead_overItIsABomb() throws Exception {
    byte[] atBound = new byte[ContentDecoder.MAX_DECODED_BYTES];
    byte[] over = new byte[ContentDecoder.MAX_DECODED_BYTES + 1];
    assertThat(ContentDecoder.decode(gzip(atBound), "gzip")).hasSize(atBound.length);
    assertUnreadable(gzip(over), "gzip", "the body decodes to more than 16777216 bytes");
    assertUnreadable(
        deflate(over, true), "deflate", "the body decodes to more than 16777216 bytes");
  }

  private static void assertUnreadable(byte[] body, String encoding, String reason) {
    assertThatThrownBy(() -> ContentDecoder.decode(body, encoding))
        .isInstanceOf(UnreadableException.class)
        .hasMessage(reason);
  }

  public static byte[] gzip(byte[] plain) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(out)) {
      gzip.write(plain);
    }
    return out.toByteArray();
  }

  public static byte[] deflate(byte[] plain, boolean bare) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, bare);
    try (DeflaterOutputStream deflate = new DeflaterOutputStream(out, deflater)) {
      deflate.write(plain);
    } finally {
      deflater.end();
    }
    return out.toByteArray();
  }
}
