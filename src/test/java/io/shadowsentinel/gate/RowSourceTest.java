package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowSourceTest {

  @TempDir private Path directory;

  private List<Row> read(String text) throws Exception {
    return rows(Files.writeString(directory.resolve("data.csv"), text));
  }

  private static List<Row> rows(Path file) throws Exception {
    List<Row> rows = new ArrayList<>();
    try (RowSource source = RowSource.open(file)) {
      for (Row row = source.next(); row != null; row = source.next()) {
        rows.add(row);
      }
    }
    return rows;
  }

  private static List<String> texts(Row row) {
    return row.cells().stream().map(JsonNode::asText).toList();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "1,2,cat\n3,4,dog\n",
        "a,b,label\n1,2,cat\n3,4,dog\n",
        "\uFEFFa,b,label\r\n1,2,cat\r\n\r\n3,4,dog",
        "\"a\",\"b\",\"label\"\n\"1\",2,\"cat\"\n3 , 4 , dog\n",
        "{\"a\":1,\"b\":2,\"label\":\"cat\"}\n\n{\"label\":\"dog\",\"a\":3,\"b\":4}\n",
        "\uFEFF \r\n{\"a\":1,\"b\":2,\"label\":\"cat\"}\r\n{\"b\":4,\"a\":3,\"label\":\"dog\"}",
      })
  void rows_inTheirForms_readTheSame(String text) throws Exception {
    assertThat(read(text))
        .extracting(RowSourceTest::texts)
        .containsExactly(List.of("1", "2", "cat"), List.of("3", "4", "dog"));
  }

  @Test
  void lines_afterBlanksAndQuotedBreaks_areThoseOfTheFile() throws Exception {
    assertThat(read("a,label\n\n1,\"x\ny\"\n2,b\n\n\n3,c\n"))
        .extracting(Row::line)
        .containsExactly(3, 5, 8);
    assertThat(read("\n\n{\"a\":1,\"l\":2}\n\n{\"a\":1,\"l\":2}"))
        .extracting(Row::line)
        .containsExactly(3, 5);
  }

  @ParameterizedTest
  @ValueSource(strings = {"1,7.0\n", "{\"a\":1,\"label\":\"7.0\"}\n"})
  void rows_inGzip_areRead(String text) throws Exception {
    Path file = directory.resolve("data.gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(text.getBytes(StandardCharsets.UTF_8));
    }
    assertThat(rows(file)).extracting(RowSourceTest::texts).containsExactly(List.of("1", "7.0"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "1,2,a\\n1,a|data.csv:2: 2 columns (expected 3)",
        "a|data.csv:1: 1 column (expected numbers and a label, with commas between)",
        "1,\"2,a|data.csv:1: not CSV",
        "a,,label\\n1,2,3|data.csv:1: column 2: '' (expected a name that no other column has)",
        "a,a,label\\n1,2,3|data.csv:1: column 2: 'a' (expected a name that no other column has)",
        "{\"a\":1,\"l\":2}\\n{\"a\":1}|data.csv:2: column 'l': missing",
        "{\"a\":1,\"l\":2}\\n{\"a\":1,\"l\":2,\"x\":3}|data.csv:2: 'x': unknown column",
        "{\"a\":1,\"a\":2}|data.csv:1: column 11: not JSON: Duplicate field 'a'",
        "{\"a\":NaN,\"l\":2}|data.csv:1: column 9: not JSON: Non-standard token 'NaN'",
        "{\"a\":1,\"l\":2}\\n[1]|data.csv:2: [1] (expected an object on each line)",
        "{\"a\":1}|data.csv:1: 1 keys (expected columns and a label)",
        "PAR1xxxx|data.csv: Parquet is not read (expected CSV or JSON Lines)",
      })
  void file_withAFault_isRefusedByPlace(String text, String message) {
    assertThatThrownBy(() -> read(text.replace("\\n", "\n")))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "\n\n"})
  void file_withoutARow_isRefused(String text) {
    assertThatThrownBy(() -> read(text)).hasMessageContaining("data.csv: no rows");
  }

  @Test
  void file_thatIsNotThereOrNoText_isRefused() throws Exception {
    assertThatThrownBy(() -> RowSource.open(directory.resolve("none.csv")))
        .hasMessageContaining("none.csv: no such file");
    Path file = Files.write(directory.resolve("bytes.csv"), new byte[] {(byte) 0xff, 0, 0, 0, 0});
    assertThatThrownBy(() -> rows(file)).isInstanceOf(IOException.class);
  }

  @ParameterizedTest
  @CsvSource({"7,7", "7.0,7", "-1.50,-1.5", "1e2,100", "cat,cat", "1e999999999,1e999999999"})
  void label_thatIsANumber_hasOneText(String label, String canonical) {
    assertThat(LabelText.canonical(label)).isEqualTo(canonical);
  }
}
