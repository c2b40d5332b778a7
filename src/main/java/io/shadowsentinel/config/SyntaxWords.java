package io.shadowsentinel.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.io.JsonEOFException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.error.MarkedYAMLException;

/**
 * Says what is wrong with a file's syntax in the words of who writes files, and not in those of the
 * parsers, which speak of tokens, scalars and their own classes.
 */
final class SyntaxWords {

  /** What a parser says, and what to say instead; groups of the first may be used in the second. */
  private record Rule(Pattern said, String told) {
    static Rule of(String said, String told) {
      return new Rule(Pattern.compile("\\A(?:" + said + ")\\z", Pattern.DOTALL), told);
    }
  }

  private static final List<Rule> YAML =
      List.of(
          Rule.of("found character '\\\\t.*", "a tab in the indentation (expected spaces)"),
          Rule.of(
              "found character '?(.+?)'? that cannot start any token.*",
              "$1 begins no value (expected quotes around it)"),
          Rule.of(
              "could not find expected ':'.*",
              "a line that is neither key nor value (expected key: value)"),
          Rule.of(
              "mapping values are not allowed here.*",
              "a colon that belongs to no key (expected key: value in the column of the keys above, and quotes around a value with a colon)"),
          Rule.of(
              ".*sequence entries are not allowed here.*",
              "a list item that belongs to no list (expected - in a column of its own)"),
          Rule.of(
              "mapping keys are not allowed here.*",
              "? is not expected here (expected key: value)"),
          Rule.of(
              "found unexpected end of stream.*",
              "the file ends inside quotes (expected the closing one)"),
          Rule.of(
              "found unexpected document separator.*",
              "a line --- or ... inside quotes (expected the closing one)"),
          Rule.of(
              "found unknown escape character (.*?)(\\(\\d+\\))?",
              "\\\\$1 is no escape (expected one that JSON has, or single quotes)"),
          Rule.of(
              "expected escape sequence of (\\d+) hexadecimal numbers.*",
              "an escape that is cut off (expected $1 hexadecimal digits)"),
          Rule.of(
              "expected chomping or indentation indicators, but found (.).*",
              "$1 after the sign of a block (expected -, +, a digit or the end of the line)"),
          Rule.of(
              "expected indentation indicator in the range.*",
              "0 after the sign of a block (expected 1..9)"),
          Rule.of(
              "expected a comment or a line break, but found (.).*",
              "$1 is not expected here (expected the end of the line)"),
          Rule.of(
              "expected alphabetic or numeric character, but found (.).*",
              "$1 begins no name of an anchor (expected a letter or a digit)"),
          Rule.of(
              "expected URI, but found.*|found undefined tag handle.*",
              "a tag (expected none: the key tells the type)"),
          Rule.of(
              "expected <block end>, but found '-'",
              "a list item in another column than its list (expected the column of the first)"),
          Rule.of(
              "expected <block end>, but found .*",
              "another column than that of the lines above (expected the same)"),
          Rule.of(
              "expected '(.)' or '(.)', but got .*",
              "the collection goes on in a way it cannot (expected $1 or $2)"),
          Rule.of(
              "expected ',' or '(.)'.*",
              "the collection goes on in a way it cannot (expected , or $1)"),
          Rule.of("expected the node content.*", "nothing that could be a value (expected one)"),
          Rule.of(
              "expected '?<document start>'?.*",
              "text behind the end of the document (expected none)"),
          Rule.of("[Ee]xpected a field name.*", "a collection as a key (expected a text)"));

  private static final String VALUE =
      "a value: text in double quotes, a number, true, false or null";

  private static final List<Rule> JSON =
      List.of(
          Rule.of(
              ".*Leading zeroes not allowed.*",
              "a number with a leading zero (expected one without)"),
          Rule.of(
              "Invalid numeric value.*|.*Decimal point not followed.*|.*[Ee]xponent indicator not.*",
              "a number that is cut off (expected digits)"),
          Rule.of(
              "Unexpected character \\('(.{1,2})' .*double-quote to start field name.*",
              "$1 is not expected here (expected a key in double quotes)"),
          Rule.of(
              "Unexpected character \\('(.{1,2})' .*comma to separate Object entries.*",
              "$1 is not expected here (expected , or })"),
          Rule.of(
              "Unexpected character \\('(.{1,2})' .*comma to separate Array entries.*",
              "$1 is not expected here (expected , or ])"),
          Rule.of(
              "Unexpected character \\('(.{1,2})' .*colon to separate.*",
              "$1 is not expected here (expected :)"),
          Rule.of(
              "Unexpected character \\('/' .*",
              "/ is not expected here (expected JSON, which has no comments)"),
          Rule.of(
              "Unexpected character \\('(.{1,2})' .*",
              "$1 is not expected here (expected " + VALUE + ")"),
          Rule.of(
              "Unexpected close marker '(.)'.*",
              "$1 closes what is not open (expected what was opened last)"),
          Rule.of("Unrecognized token '(.*?)'.*", "$1 (expected " + VALUE + ")"),
          Rule.of("Non-standard token '(.*?)'.*", "$1 (expected " + VALUE + ")"),
          Rule.of(
              "Illegal unquoted character \\(\\(CTRL-CHAR, code (\\d+)\\)\\).*",
              "a control character in a text (expected an escape, as in \\\\n)"),
          Rule.of(
              "Unrecognized character escape .*",
              "an escape that JSON has not (expected one such as \\\\n or \\\\u00e9)"),
          Rule.of(
              "Illegal character \\(\\(CTRL-CHAR, code (\\d+)\\)\\).*",
              "a control character (expected " + VALUE + ")"));

  private SyntaxWords() {}

  static String yaml(MarkedYAMLException e) {
    return words(YAML, String.valueOf(e.getProblem()), "malformed (expected YAML)");
  }

  static String yaml(JsonProcessingException e) {
    return words(YAML, String.valueOf(e.getOriginalMessage()), "malformed (expected YAML)");
  }

  static String json(JsonProcessingException e) {
    return e instanceof JsonEOFException
        ? "the file ends too early (expected the end of what is open)"
        : words(JSON, String.valueOf(e.getOriginalMessage()), "malformed (expected JSON)");
  }

  private static String words(List<Rule> rules, String said, String otherwise) {
    for (Rule rule : rules) {
      Matcher matcher = rule.said().matcher(said);
      if (matcher.matches()) {
        return Quoted.bounded(matcher.replaceFirst(rule.told()));
      }
    }
    return otherwise;
  }
}
