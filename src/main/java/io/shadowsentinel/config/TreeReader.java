package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a tree with places of what a Jackson parser sees. An alias shares its anchor's node, so a
 * bomb of aliases costs no memory; what it would unfold to is counted, and bounded.
 */
final class TreeReader {
  static final int MAX_DEPTH = 32;
  static final int MAX_NODES = 100_000;

  private record Anchored(Node node, long nodes) {}

  private final JsonParser parser;
  private final Substitution substitution;
  private final Faults faults;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private long nodes;

  TreeReader(JsonParser parser, Substitution substitution, Faults faults) {
    this.parser = parser;
    this.substitution = substitution;
    this.faults = faults;
  }

  /** The one document of the file; null when there is none. */
  @Nullable Node read() throws IOException, SyntaxFault {
    JsonToken first = parser.nextToken();
    if (first == null) {
      return null;
    }
    Node root = node(first, 0);
    if (parser.nextToken() != null) {
      throw new SyntaxFault(here(), "a second document (expected one)");
    }
    return root;
  }

  private Node node(JsonToken token, int depth) throws IOException, SyntaxFault {
    Place at = here();
    if (depth > MAX_DEPTH) {
      throw new SyntaxFault(at, "nested too deeply (expected at most " + MAX_DEPTH + " levels)");
    }
    if (isAlias()) {
      return alias(at);
    }
    if (parser.getTypeId() != null) {
      faults.add(at, "a tag (expected none: the key tells the type)");
    }
    Object anchor = parser.getObjectId();
    long before = nodes;
    count(1, at);
    Node node =
        switch (token) {
          case START_OBJECT -> mapping(at, depth);
          case START_ARRAY -> sequence(at, depth);
          default -> substitution.apply(new Node.Scalar(at, kind(token), parser.getText()), faults);
        };
    if (anchor != null) {
      anchors.put(anchor.toString(), new Anchored(node, nodes - before));
    }
    return node;
  }

  private Node mapping(Place at, int depth) throws IOException, SyntaxFault {
    Map<String, Node.Entry> entries = new LinkedHashMap<>();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      Place keyAt = here();
      String key = parser.currentName();
      boolean aliasAsKey = isAlias();
      Node value = node(parser.nextToken(), depth + 1);
      Node.Entry earlier = entries.get(key);
      if (aliasAsKey) {
        faults.add(keyAt, "*" + Quoted.text(key) + ": an alias as a key (expected the key itself)");
      } else if (key.equals("<<")) {
        faults.add(keyAt, "<<: merge keys are not supported (expected the keys themselves)");
      } else if (earlier != null) {
        String first = "the first is on line " + earlier.keyAt().line();
        faults.add(keyAt, Quoted.text(key) + ": a second time (expected once; " + first + ")");
      } else {
        entries.put(key, new Node.Entry(keyAt, value));
      }
    }
    return new Node.Mapping(at, entries);
  }

  private Node sequence(Place at, int depth) throws IOException, SyntaxFault {
    List<Node> items = new ArrayList<>();
    for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
      items.add(node(t, depth + 1));
    }
    return new Node.Sequence(at, items);
  }

  private Node alias(Place at) throws IOException, SyntaxFault {
    String name = parser.getText();
    Anchored anchored = anchors.get(name);
    if (anchored == null) {
      faults.add(
          at,
          "*" + Quoted.text(name) + ": no such anchor (expected &" + Quoted.text(name) + " above)");
      return new Node.Scalar(at, Node.Kind.FAULTY, "");
    }
    count(anchored.nodes(), at);
    return anchored.node();
  }

  private void count(long more, Place at) throws SyntaxFault {
    nodes += more;
    if (nodes > MAX_NODES) {
      throw new SyntaxFault(
          at, "too many values (expected at most " + MAX_NODES + ", aliases unfolded)");
    }
  }

  /**
   * Jackson follows YAML 1.1, to which {@code yes} is true and {@code 0x1F}, {@code 010} and {@code
   * 1_000} are numbers; such spellings stay what they look like, for the binder to refuse.
   */
  private Node.Kind kind(JsonToken token) throws IOException {
    return switch (token) {
      case VALUE_NUMBER_INT, VALUE_NUMBER_FLOAT -> Node.Kind.NUMBER;
      case VALUE_TRUE, VALUE_FALSE -> Node.Kind.BOOLEAN;
      case VALUE_NULL -> Node.Kind.NULL;
      default -> Node.Kind.TEXT;
    };
  }

  private boolean isAlias() throws IOException {
    return parser instanceof YAMLParser yaml && yaml.isCurrentAlias();
  }

  private Place here() {
    return Place.of(parser.currentTokenLocation());
  }
}
