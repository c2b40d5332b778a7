package io.shadowsentinel.gate;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Rows out of a file, one after another, whatever its format. */
interface RowSource extends AutoCloseable {

  /** The columns, which are known from the start. */
  Columns columns();

  /** The next row; null at the end. */
  @Nullable Row next() throws IOException, BadInputException;

  @Override
  void close() throws IOException;

  /**
   * Opens CSV or JSON Lines, plain or gzip; a file that begins with a brace is JSON Lines.
   *
   * @throws BadInputException when the file is not there, is empty, or is of another format
   */
  static RowSource open(Path file) throws IOException, BadInputException {
    BufferedReader reader = TextFile.open(file);
    try {
      return startsWithBrace(reader) ? JsonRows.of(file, reader) : CsvRows.of(file, reader);
    } catch (IOException | BadInputException | RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static boolean startsWithBrace(Reader reader) throws IOException {
    final int farthest = 8_192;
    reader.mark(farthest);
    int c = reader.read();
    for (int i = 1; i < farthest && c >= 0 && Character.isWhitespace(c); i++) {
      c = reader.read();
    }
    reader.reset();
    return c == '{';
  }
}
