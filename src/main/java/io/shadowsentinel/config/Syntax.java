package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/** The two syntaxes, and what their parsers have to say in one line and with a place. */
enum Syntax {
  YAML,
  JSON;

  /** By the file's name: JSON for {@code *.json}, else YAML. */
  static Syntax of(String fileName) {
    return fileName.endsWith(".json") ? JSON : YAML;
  }

  /** The tree of {@code text}; null when it holds nothing. */
  @Nullable Node parse(String text, Substitution substitution, Faults faults) throws SyntaxFault {
    if (this == YAML) {
      SourceText.requirePrintable(text);
    }
    try (JsonParser parser = factory().createParser(text)) {
      try {
        return new TreeReader(parser, substitution, faults).read();
      } catch (RuntimeException e) {
        // The YAML scanner lets a few malformed directives and escapes out as what they are in
        // Java.
        throw new SyntaxFault(
            Place.of(parser.currentLocation()), "not " + this + ": " + oneLine(e.getMessage()), e);
      }
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof MarkedYAMLException marked) {
        throw new SyntaxFault(
            place(marked), "not YAML: " + problem(marked) + quotesHint(marked, text), e);
      }
      throw new SyntaxFault(
          Place.of(e.getLocation()), "not " + this + ": " + oneLine(e.getOriginalMessage()), e);
    } catch (IOException e) {
      throw new SyntaxFault(Place.START, "not " + this + ": " + oneLine(e.getMessage()), e);
    }
  }

  private JsonFactory factory() {
    return this == YAML ? new YAMLFactory() : new JsonFactory();
  }

  private static Place place(MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    return mark == null ? Place.START : new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  private static String problem(MarkedYAMLException e) {
    String context = e.getContext();
    String problem = oneLine(e.getProblem());
    return context == null ? problem : oneLine(context) + ", " + problem;
  }

  /** In a flow collection a brace ends a plain scalar: the one trap that variables set in YAML. */
  private static String quotesHint(MarkedYAMLException e, String text) {
    Mark mark = e.getProblemMark();
    if (mark == null) {
      return "";
    }
    int at = text.offsetByCodePoints(0, mark.getIndex());
    boolean variable = at > 0 && at < text.length() && text.startsWith("${", at - 1);
    return variable ? " (expected \"${...}\" in quotes inside { } and [ ])" : "";
  }

  /** Without the parts in which Jackson repeats the place, or names classes of the parser. */
  private static String oneLine(@Nullable String message) {
    if (message == null) {
      return "malformed";
    }
    return message
        .replaceFirst(" \\(start marker at .*", "")
        .replaceFirst(", got this instead: .*", "")
        .replaceAll("\\s+", " ")
        .strip();
  }
}
