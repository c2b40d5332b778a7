package io.shadowsentinel.config;

import java.nio.file.Path;
import java.util.List;

/**
 * A whole configuration that was found valid. Its text form shows no secret.
 *
 * @param stateDirectory where decisions and evidence are kept; a relative one is relative to the
 *     working directory; default {@code ./state}
 * @param shutdown how the process ends; read when it does, so that a change needs no restart
 * @param routes at least one, in the order in which they are asked; names are unique
 * @param alerts where rollbacks and promotions are announced; default none
 */
public record SentinelConfig(
    ListenSettings listen,
    AdminConfig admin,
    Path stateDirectory,
    ShutdownSettings shutdown,
    List<RouteConfig> routes,
    List<AlertConfig> alerts) {
  public SentinelConfig {
    routes = List.copyOf(routes);
    alerts = List.copyOf(alerts);
  }
}
