package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.JsonReader;
import io.shadowsentinel.compare.json.NumberScanner;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads CSV as RFC 4180 has it, without a header: an array of rows, each an array of fields. A
 * field without quotes that is written as a number is one, {@code nan} and {@code inf} included; a
 * field in quotes that is an array of JSON, as in {@code "[0.1, 0.9]"}, is that array.
 */
final class Csv {
  private final String text;
  private int at;
  private int fields;

  private Csv(String text) {
    this.text = text;
  }

  /** The rows; a line that is empty is none. */
  static Json.Items read(String text) throws UnreadableException {
    return new Csv(text).rows();
  }

  private Json.Items rows() throws UnreadableException {
    List<Json> rows = new ArrayList<>();
    while (at < text.length()) {
      Json.Items row = row();
      if (row.size() > 1 || !isEmpty(row)) {
        rows.add(row);
      }
    }
    if (rows.isEmpty()) {
      throw new UnreadableException("the body is empty");
    }
    return new Json.Mixed(rows.toArray(Json[]::new));
  }

  private static boolean isEmpty(Json.Items row) {
    return row.get(0) instanceof Json.Text only && only.value().isBlank();
  }

  private Json.Items row() throws UnreadableException {
    Json.ItemsBuilder row = new Json.ItemsBuilder();
    while (true) {
      if (++fields > JsonReader.MAX_TOKENS) {
        throw new UnreadableException("more than " + JsonReader.MAX_TOKENS + " fields");
      }
      row.add(field());
      if (at == text.length()) {
        return row.build();
      }
      char end = text.charAt(at++);
      if (end != ',') {
        if (end == '\r' && at < text.length() && text.charAt(at) == '\n') {
          at++;
        }
        return row.build();
      }
    }
  }

  private Json field() throws UnreadableException {
    skipSpace();
    if (at < text.length() && text.charAt(at) == '"') {
      return quoted();
    }
    int start = at;
    while (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      at++;
    }
    return plain(text.substring(start, at).strip());
  }

  private void skipSpace() {
    while (at < text.length() && text.charAt(at) == ' ') {
      at++;
    }
  }

  private static Json plain(String field) {
    Json.Num number = NumberScanner.parse(field);
    if (number != null) {
      return number;
    }
    return switch (field) {
      case "nan", "NaN" -> new Json.Num(Double.NaN, null);
      case "inf", "Infinity" -> new Json.Num(Double.POSITIVE_INFINITY, null);
      case "-inf", "-Infinity" -> new Json.Num(Double.NEGATIVE_INFINITY, null);
      default -> new Json.Text(field);
    };
  }

  private Json quoted() throws UnreadableException {
    StringBuilder field = new StringBuilder();
    at++;
    while (true) {
      int quote = text.indexOf('"', at);
      if (quote < 0) {
        throw new UnreadableException("not CSV: a quoted field does not end");
      }
      field.append(text, at, quote);
      at = quote + 1;
      if (at == text.length() || text.charAt(at) != '"') {
        break;
      }
      field.append('"');
      at++;
    }
    skipSpace();
    if (at < text.length() && ",\r\n".indexOf(text.charAt(at)) < 0) {
      throw new UnreadableException("not CSV: text behind a quoted field");
    }
    String whole = field.toString();
    return whole.startsWith("[") ? array(whole) : new Json.Text(whole);
  }

  /** The numbers of a flat array, each of which counts as a field; else the text. */
  private Json array(String field) throws UnreadableException {
    String inner = field.strip();
    if (!inner.endsWith("]")) {
      return new Json.Text(field);
    }
    Json.ItemsBuilder items = new Json.ItemsBuilder();
    for (String item : inner.substring(1, inner.length() - 1).split(",", -1)) {
      if (++fields > JsonReader.MAX_TOKENS) {
        throw new UnreadableException("more than " + JsonReader.MAX_TOKENS + " fields");
      }
      String bare = item.strip();
      boolean quotes = bare.length() >= 2 && (bare.startsWith("'") || bare.startsWith("\""));
      items.add(quotes ? new Json.Text(bare.substring(1, bare.length() - 1)) : plain(bare));
    }
    return items.build();
  }
}
