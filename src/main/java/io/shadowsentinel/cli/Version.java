package io.shadowsentinel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/**
 * The version that the jar's manifest names, and what it was built from. A build is reproducible,
 * so its time is that of its commit and not that of the machine that made it.
 */
final class Version implements IVersionProvider {
  private static final String RESOURCE = "build.properties";

  @Override
  public String[] getVersion() {
    return new String[] {
      "Shadow Sentinel " + number(),
      built(properties()),
      "Java " + Runtime.version() + ", " + System.getProperty("os.name")
    };
  }

  /** The number alone. */
  static String number() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /**
   * What the sources were, in words: from a clone the commit and its time, else that none is known.
   */
  static String built(Properties build) {
    String commit = value(build, "commit");
    if (commit == null) {
      return "built from sources without a commit";
    }
    String time = value(build, "time");
    return "built from commit "
        + commit
        + (time == null ? "" : " of " + time)
        + ("true".equals(value(build, "changed")) ? ", with changes" : "");
  }

  private static @Nullable String value(Properties build, String key) {
    String value = build.getProperty(key, "").strip();
    return value.isEmpty() || value.startsWith("${") ? null : value;
  }

  private static Properties properties() {
    Properties build = new Properties();
    try (InputStream in = Version.class.getResourceAsStream(RESOURCE)) {
      if (in != null) {
        build.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return build;
  }
}
