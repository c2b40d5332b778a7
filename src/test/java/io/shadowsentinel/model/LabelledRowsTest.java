package io.shadowsentinel.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class LabelledRowsTest {

  @TempDir private Path directory;

  private LabelledRows read(String text) throws Exception {
    return LabelledRows.read(Files.writeString(directory.resolve("data.csv"), text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,cat\n3,4,dog\n",
        "a,b,label\n1,2,cat\n3,4,dog\n",
        "\uFEFFa,b,label\r\n1,2,cat\r\n\r\n3,4,dog",
        "\"a\",\"b\",\"label\"\n\"1\",2,\"cat\"\n3 , 4 , dog\n",
      })
  void csv_inItsForms_readsTheSame(String text) throws Exception {
    LabelledRows rows = read(text);
    assertThat(rows.features()).isEqualTo(2);
    assertThat(rows.rows()).extracting(LabelledRows.Row::label).containsExactly("cat", "dog");
    assertThat(rows.rows().get(1).features()).containsExactly(3, 4);
  }

  @Test
  void csv_inGzip_isRead() throws Exception {
    Path file = directory.resolve("data.csv.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write("1,7.0\n".getBytes(StandardCharsets.UTF_8));
    }
    assertThat(LabelledRows.read(file).rows().get(0).label()).isEqualTo("7");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2,a\\n1,a|data.csv:2: 2 columns (expected 3)",
        "1,2,a\\n1,x,a|data.csv:2: column 2: 'x' (expected a finite number)",
        "1,x,a|data.csv:1: column 2: 'x' (expected a finite number)",
        "1,1e999,a|data.csv:1: column 2: '1e999' (expected a finite number)",
        "1,2,|data.csv:1: column 3: empty (expected a label)",
        "1,,a|data.csv:1: column 2: '' (expected a finite number)",
        "a|data.csv:1: 1 column",
        "1,\"2,a|data.csv:1: a quote that does not end",
        "a,b,label|data.csv: no rows",
      })
  void csv_withAFault_isRefusedByFileAndLine(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @Test
  void file_thatIsNotThereOrNoText_isRefused() throws Exception {
    assertThatThrownBy(() -> LabelledRows.read(directory.resolve("none.csv")))
        .hasMessageContaining("none.csv: no such file");
    Path file = Files.write(directory.resolve("bytes.csv"), new byte[] {(byte) 0xff, (byte) 0xfe});
    assertThatThrownBy(() -> LabelledRows.read(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("bytes.csv: cannot be read");
  }

  @ParameterizedTest
  @CsvSource({"7,7", "7.0,7", "-1.50,-1.5", "1e2,100", "cat,cat", "1e999999999,1e999999999"})
  void label_thatIsANumber_hasOneText(String label, String canonical) {
    assertThat(LabelledRows.canonical(label)).isEqualTo(canonical);
  }
}
