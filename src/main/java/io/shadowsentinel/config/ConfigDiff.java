package io.shadowsentinel.config;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;

/** Tells which changes of a configuration a running process cannot follow. */
public final class ConfigDiff {
  private ConfigDiff() {}

  /**
   * The keys whose new values take effect only after a restart, in the order of the documentation;
   * empty when the process can follow every change. Routes, alerts and who may do what at the admin
   * port are followed at once.
   */
  public static List<String> needsRestart(SentinelConfig running, SentinelConfig next) {
    List<String> keys = new ArrayList<>();
    compare(keys, "listen.host", running, next, c -> c.listen().host());
    compare(keys, "listen.port", running, next, c -> c.listen().port());
    compare(keys, "listen.tls", running, next, c -> c.listen().tls());
    compare(keys, "listen.forwardedHeaders", running, next, c -> c.listen().forwardedHeaders());
    compare(keys, "listen.limits", running, next, c -> c.listen().limits());
    compare(keys, "admin.host", running, next, c -> c.admin().host());
    compare(keys, "admin.port", running, next, c -> c.admin().port());
    compare(keys, "admin.tls", running, next, c -> c.admin().tls());
    compare(keys, "state.directory", running, next, SentinelConfig::stateDirectory);
    return List.copyOf(keys);
  }

  private static void compare(
      List<String> keys,
      String key,
      SentinelConfig running,
      SentinelConfig next,
      Function<SentinelConfig, ?> part) {
    if (!Objects.equals(part.apply(running), part.apply(next))) {
      keys.add(key);
    }
  }
}
