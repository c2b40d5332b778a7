package io.shadowsentinel.model;

import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.math.BigDecimal;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;

/**
 * Rows of numbers, each with the label that is right for it. Read from CSV, plain or gzip: the last
 * column is the label, every other one a finite number; a first line whose cells are all no numbers
 * is a header.
 */
final class LabelledRows {

  /** 160 MB as doubles: a gate's data is a sample, and a runaway file must not take the heap. */
  private static final int MOST_VALUES = 20_000_000;

  private final Path file;
  private final List<Row> rows = new ArrayList<>();
  private int columns = -1;

  private LabelledRows(Path file) {
    this.file = file;
  }

  /** One row: its features, the label that is right, and the line of the file. */
  @SuppressWarnings("ArrayRecordComponent") // never compared; boxing millions of numbers costs
  record Row(double[] features, String label, int line) {}

  /**
   * @throws BadInputException when the file cannot be read as described, or has no row
   */
  static LabelledRows read(Path file) throws BadInputException {
    LabelledRows rows = new LabelledRows(file);
    if (!Files.isRegularFile(file)) {
      throw new BadInputException(file + ": no such file (expected CSV)");
    }
    try (BufferedReader reader = open(file)) {
      rows.fill(reader);
    } catch (IOException e) {
      throw new BadInputException(file + ": cannot be read: " + OneLine.of(e), e);
    }
    if (rows.rows.isEmpty()) {
      throw new BadInputException(file + ": no rows (expected numbers and a label on each line)");
    }
    return rows;
  }

  List<Row> rows() {
    return rows;
  }

  /** How many numbers each row has, without its label. */
  int features() {
    return columns - 1;
  }

  private static BufferedReader open(Path file) throws IOException {
    InputStream bytes = new BufferedInputStream(Files.newInputStream(file));
    bytes.mark(2);
    boolean gzip = bytes.read() == 0x1f && bytes.read() == 0x8b;
    bytes.reset();
    return new BufferedReader(
        new InputStreamReader(
            gzip ? new GZIPInputStream(bytes) : bytes,
            StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT)));
  }

  private void fill(BufferedReader reader) throws IOException, BadInputException {
    int number = 0;
    for (String line = reader.readLine(); line != null; line = reader.readLine()) {
      number++;
      if (!line.isBlank()) {
        String text = number == 1 && line.startsWith("\uFEFF") ? line.substring(1) : line;
        add(cells(text, number), number);
      }
    }
  }

  private void add(List<String> cells, int line) throws BadInputException {
    if (columns < 0) {
      if (cells.size() < 2) {
        throw fault(line, "1 column (expected numbers and a label, with commas between)");
      }
      columns = cells.size();
      if (cells.subList(0, columns - 1).stream().noneMatch(LabelledRows::isNumber)) {
        return;
      }
    }
    if (cells.size() != columns) {
      throw fault(line, cells.size() + " columns (expected " + columns + ")");
    }
    if ((rows.size() + 1L) * columns > MOST_VALUES) {
      throw fault(line, "over " + MOST_VALUES + " values (expected a smaller sample)");
    }
    double[] features = new double[columns - 1];
    for (int i = 0; i < features.length; i++) {
      features[i] = number(cells.get(i), line, i + 1);
    }
    String label = cells.get(columns - 1);
    if (label.isEmpty()) {
      throw fault(line, "column " + columns + ": empty (expected a label)");
    }
    rows.add(new Row(features, canonical(label), line));
  }

  private double number(String cell, int line, int column) throws BadInputException {
    if (isNumber(cell)) {
      double value = Double.parseDouble(cell);
      if (Double.isFinite(value)) {
        return value;
      }
    }
    throw fault(
        line, "column " + column + ": '" + OneLine.value(cell) + "' (expected a finite number)");
  }

  /** Stricter than Java, which takes 1f, 0x1p3 and NaN for numbers. */
  private static boolean isNumber(String cell) {
    if (cell.isEmpty()) {
      return false;
    }
    for (int i = 0; i < cell.length(); i++) {
      if ("0123456789+-.eE".indexOf(cell.charAt(i)) < 0) {
        return false;
      }
    }
    try {
      Double.parseDouble(cell);
      return true;
    } catch (NumberFormatException e) {
      return false;
    }
  }

  /** The same text for the same label: a spreadsheet writes the class 7 as 7.0. */
  static String canonical(String label) {
    if (!isNumber(label) || label.length() > 30) {
      return label;
    }
    BigDecimal number = new BigDecimal(label);
    // An exponent could spell a number of a million digits.
    return Math.abs((long) number.scale()) > 30
        ? label
        : number.stripTrailingZeros().toPlainString();
  }

  private List<String> cells(String line, int number) throws BadInputException {
    List<String> cells = new ArrayList<>();
    StringBuilder cell = new StringBuilder();
    boolean quoted = false;
    for (int i = 0; i < line.length(); i++) {
      char c = line.charAt(i);
      if (c == '"' && quoted && i + 1 < line.length() && line.charAt(i + 1) == '"') {
        cell.append('"');
        i++;
      } else if (c == '"') {
        quoted = !quoted;
      } else if (c == ',' && !quoted) {
        cells.add(cell.toString().strip());
        cell.setLength(0);
      } else {
        cell.append(c);
      }
    }
    if (quoted) {
      throw fault(number, "a quote that does not end");
    }
    cells.add(cell.toString().strip());
    return cells;
  }

  private BadInputException fault(int line, String what) {
    return new BadInputException(file + ":" + line + ": " + what);
  }
}
