package io.shadowsentinel.config;

import java.util.HashSet;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.reader.StreamReader;
import org.yaml.snakeyaml.scanner.ScannerImpl;
import org.yaml.snakeyaml.tokens.BlockMappingStartToken;
import org.yaml.snakeyaml.tokens.BlockSequenceStartToken;
import org.yaml.snakeyaml.tokens.Token;

/**
 * Lets YAML 1.2 separate by tabs, as in {@code name:<TAB>x}, where the parser, which is of YAML
 * 1.1, wants blanks. Only where the parser itself says that a tab stands where something has to
 * begin is it made a blank, so none in a text, a comment or a block is touched, and no column
 * moves. A tab that would have to say how far something is indented stays one, and a fault.
 */
final class YamlTabs {
  /** How many characters are read over again for tabs; files that need more are no configs. */
  private static final long MAX_WORK = 50_000_000;

  private final int[] text;

  /** Where what follows a tab on its line begins. */
  private final Set<Integer> afterTab = new HashSet<>();

  private YamlTabs(String text) {
    this.text = text.codePoints().toArray();
  }

  /** The text itself when it has no tab. */
  static String asBlanks(String text) throws SyntaxFault {
    return text.indexOf('\t') < 0 ? text : new YamlTabs(text).asBlanks();
  }

  private String asBlanks() throws SyntaxFault {
    long work = 0;
    String source = source();
    for (Mark tab = refusedTab(source); tab != null; tab = refusedTab(source)) {
      if (indents(tab.getIndex())) {
        return source; // the parser comes to the same place, and says so
      }
      work += text.length;
      if (work > MAX_WORK) {
        throw new SyntaxFault(at(tab), "too many tabs between values (expected spaces)");
      }
      int end = tab.getIndex();
      while (end < text.length && (text[end] == '\t' || text[end] == ' ')) {
        text[end++] = ' ';
      }
      afterTab.add(end);
      source = source();
    }
    return source;
  }

  private String source() {
    return new String(text, 0, text.length);
  }

  /** The first tab that the scanner refuses; null when there is none before another fault. */
  private @Nullable Mark refusedTab(String source) throws SyntaxFault {
    ScannerImpl scanner = new ScannerImpl(new StreamReader(source), new LoaderOptions());
    try {
      while (scanner.checkToken()) {
        Token token = scanner.getToken();
        boolean begins =
            token instanceof BlockMappingStartToken || token instanceof BlockSequenceStartToken;
        if (begins && afterTab.contains(token.getStartMark().getIndex())) {
          throw new SyntaxFault(
              at(token.getStartMark()),
              "not YAML: a tab before a key or a list item (expected spaces)");
        }
      }
    } catch (MarkedYAMLException e) {
      Mark mark = e.getProblemMark();
      String problem = String.valueOf(e.getProblem());
      boolean wantsBlank =
          problem.startsWith("found character '\\t")
              || problem.startsWith("expected a comment")
              || problem.startsWith("expected chomping");
      boolean tab = mark != null && mark.getIndex() < text.length && text[mark.getIndex()] == '\t';
      return wantsBlank && tab ? mark : null;
    } catch (RuntimeException e) {
      return null; // the parser comes to the same place
    }
    return null;
  }

  /** True where the line has nothing else before the tab, and something behind it. */
  private boolean indents(int tab) {
    int before = tab - 1;
    while (before >= 0 && text[before] == ' ') {
      before--;
    }
    int behind = tab;
    while (behind < text.length && (text[behind] == '\t' || text[behind] == ' ')) {
      behind++;
    }
    boolean first = before < 0 || text[before] == '\n' || text[before] == '\r';
    boolean nothing =
        behind == text.length
            || text[behind] == '#'
            || text[behind] == '\n'
            || text[behind] == '\r';
    return first && !nothing;
  }

  private static Place at(Mark mark) {
    return new Place(mark.getLine() + 1, mark.getColumn() + 1);
  }
}
