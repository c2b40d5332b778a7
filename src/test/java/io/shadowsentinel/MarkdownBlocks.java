package io.shadowsentinel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;

/** The fenced blocks of a document, so that what it shows can be tried. */
final class MarkdownBlocks {
  private MarkdownBlocks() {}

  static List<String> of(Path document, String language) throws IOException {
    return Pattern.compile("(?ms)^```" + language + "\\n(.*?)^```$")
        .matcher(Files.readString(document))
        .results()
        .map(block -> block.group(1))
        .toList();
  }
}
