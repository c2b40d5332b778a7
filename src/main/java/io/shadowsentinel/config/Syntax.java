package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
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
    String source = text;
    if (this == YAML) {
      SourceText.requirePrintable(text);
      source = YamlTabs.asBlanks(text);
    }
    try (JsonParser parser = factory().createParser(source)) {
      try {
        return new TreeReader(parser, substitution, faults).read();
      } catch (RuntimeException | StackOverflowError e) {
        // The YAML scanner lets a few malformed directives and escapes out as what they are in
        // Java.
        throw new SyntaxFault(
            Place.of(parser.currentLocation()), "not " + this + ": malformed here", e);
      }
    } catch (JsonProcessingException e) {
      if (e.getCause() instanceof MarkedYAMLException marked) {
        throw new SyntaxFault(
            place(marked), "not YAML: " + SyntaxWords.yaml(marked) + quotesHint(marked, source), e);
      }
      Place at = Place.of(e.getLocation());
      throw new SyntaxFault(
          at, "not " + this + ": " + (this == YAML ? SyntaxWords.yaml(e) : SyntaxWords.json(e)), e);
    } catch (IOException e) {
      throw new SyntaxFault(Place.START, "not " + this + ": malformed", e);
    }
  }

  /** Without bounds of their own: the file's is the one, and what is too deep is told by us. */
  private JsonFactory factory() {
    StreamReadConstraints constraints =
        StreamReadConstraints.builder()
            .maxNestingDepth(SourceText.MAX_BYTES)
            .maxNumberLength(SourceText.MAX_BYTES)
            .maxStringLength(SourceText.MAX_BYTES)
            .maxNameLength(SourceText.MAX_BYTES)
            .build();
    return this == YAML
        ? YAMLFactory.builder()
            .streamReadConstraints(constraints)
            .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
            .build()
        : JsonFactory.builder()
            .streamReadConstraints(constraints)
            // Each text is hashed once, and names that collide are no reason to fail.
            .disable(JsonFactory.Feature.FAIL_ON_SYMBOL_HASH_OVERFLOW)
            .build();
  }

  static Place place(MarkedYAMLException e) {
    Mark mark = e.getProblemMark();
    return mark == null ? Place.START : new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }

  /** In a flow collection a brace ends a plain scalar: the one trap that variables set in YAML. */
  private static String quotesHint(MarkedYAMLException e, String text) {
    Mark mark = e.getProblemMark();
    if (mark == null) {
      return "";
    }
    int at = text.offsetByCodePoints(0, mark.getIndex());
    boolean variable = at > 0 && at < text.length() && text.startsWith("${", at - 1);
    return variable ? "; \"${...}\" needs its quotes inside { } and [ ]" : "";
  }
}
