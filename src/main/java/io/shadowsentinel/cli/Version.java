package io.shadowsentinel.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IVersionProvider;

/**
 * The version that the jar's manifest names, when it was built, and from what. A build that is to
 * be repeated names its time by {@code SOURCE_DATE_EPOCH}.
 */
final class Version implements IVersionProvider {
  private static final String RESOURCE = "build.properties";
  private static final Pattern SECONDS = Pattern.compile("[0-9]{1,12}");

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

  /** When the jar was built, and from which commit, as far as that is known. */
  static String built(Properties build) {
    String built = buildTime(value(build, "built"));
    String commit = value(build, "commit");
    String when = built == null ? "built" : "built at " + built;
    if (commit == null) {
      return when + " from sources without a commit";
    }
    String time = value(build, "time");
    return when
        + " from commit "
        + commit
        + (time == null ? "" : " of " + time)
        + ("true".equals(value(build, "changed")) ? ", with changes" : "");
  }

  /** A time as Maven writes it, or seconds since 1970 as {@code SOURCE_DATE_EPOCH} has them. */
  private static @Nullable String buildTime(@Nullable String value) {
    return value != null && SECONDS.matcher(value).matches()
        ? Instant.ofEpochSecond(Long.parseLong(value)).toString()
        : value;
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
