package io.shadowsentinel.config;

import io.shadowsentinel.text.Printable;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a configuration file: YAML, or JSON when its name ends in {@code .json}. Reads that file
 * and looks whether the TLS files are there; never asks the network. Any thread that may block.
 */
public final class ConfigLoader {
  private static final Logger LOG = LoggerFactory.getLogger(ConfigLoader.class);

  private ConfigLoader() {}

  /**
   * Reads and checks a file, and tells every fault of it at once. Never throws for what is in the
   * file, or for a file that is not there.
   *
   * @param environment a variable's value by its name, or null when it is unset; {@code
   *     System::getenv} in production
   */
  public static ConfigResult load(Path file, Function<String, @Nullable String> environment) {
    byte[] content;
    try {
      content = SourceText.read(file);
    } catch (IOException e) {
      Faults faults = new Faults(file.toString());
      faults.add(Place.START, unreadable(file, e) + " (expected a YAML or JSON file)");
      return new ConfigResult.Rejected(faults.inOrder());
    }
    return parse(file, content, environment);
  }

  static ConfigResult parse(
      Path file, byte[] content, Function<String, @Nullable String> environment) {
    Faults faults = new Faults(file.toString());
    SentinelConfig config = null;
    try {
      String text = SourceText.decode(content);
      Syntax syntax = Syntax.of(file.toString());
      config = bind(syntax.parse(text, new Substitution(environment), faults), faults);
    } catch (SyntaxFault e) {
      faults.add(e.at(), e.told());
    } catch (RuntimeException | StackOverflowError e) {
      // A mistake of ours; but what cannot be read is refused, whoever is to blame.
      LOG.error("config {}: the check of it failed", Printable.escape(file.toString()), e);
      faults.add(
          Place.START, "cannot be checked, by a mistake of this program (expected a report)");
      config = null;
    }
    return config == null || !faults.isEmpty()
        ? new ConfigResult.Rejected(faults.inOrder())
        : new ConfigResult.Loaded(config, SourceText.hash(content));
  }

  private static @Nullable SentinelConfig bind(@Nullable Node root, Faults faults) {
    String expected = "a mapping with routes";
    if (root instanceof Node.Mapping mapping) {
      return ConfigBinder.bind(new Section("", mapping, faults), faults);
    }
    Place at = root == null ? Place.START : root.at();
    String what = root == null ? "empty" : Quoted.node(root);
    faults.add(at, what + " (expected " + expected + ")");
    return null;
  }

  private static String unreadable(Path file, IOException e) {
    if (e instanceof NoSuchFileException) {
      return "no such file";
    }
    if (e instanceof AccessDeniedException) {
      return "not readable: permission denied";
    }
    return Files.isDirectory(file)
        ? "is a directory"
        : "not readable: " + Quoted.text(String.valueOf(e.getMessage()));
  }
}
