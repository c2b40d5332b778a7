package io.shadowsentinel.proxy;

import io.shadowsentinel.table.Match;
import io.shadowsentinel.table.MirrorSettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.table.Route;
import io.shadowsentinel.table.RouteSpec;
import io.shadowsentinel.table.RouteState;
import java.math.BigDecimal;
import java.net.URI;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;

/** Routes for tests, named after what they are for. */
final class Routes {
  static final String SCOPE = "exp-1";

  private Routes() {}

  static Model model(String name, String... urls) {
    return new Model(name, Arrays.stream(urls).map(URI::create).toList());
  }

  /** A route that forwards only. */
  static Route plain(String name, String path, String... championUrls) {
    return plain(name, Match.path(path), championUrls);
  }

  static Route plain(String name, Match match, String... championUrls) {
    return plain(name, match, model("champion", championUrls));
  }

  static Route plain(String name, Match match, Model champion) {
    return new Route(
        new RouteSpec(
            name,
            match,
            champion,
            null,
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            MirrorSettings.DEFAULTS),
        RouteState.NO_CHALLENGER,
        false,
        null);
  }

  /** A route that mirrors everything. */
  static Route shadowing(
      String name, String path, String champion, String challenger, MirrorSettings mirror) {
    return new Route(
        new RouteSpec(
            name,
            Match.path(path),
            model("champion", champion),
            model("challenger", challenger),
            Duration.ofSeconds(10),
            Duration.ofSeconds(2),
            mirror),
        RouteState.SHADOWING,
        false,
        SCOPE);
  }

  static Route shadowing(String champion, String challenger) {
    return shadowing("r", "/", champion, challenger, MirrorSettings.DEFAULTS);
  }

  static Route withTimeout(Route route, Duration timeout) {
    RouteSpec spec = route.spec();
    return new Route(
        new RouteSpec(
            spec.name(),
            spec.match(),
            spec.champion(),
            spec.challenger(),
            timeout,
            spec.connectTimeout(),
            spec.mirror()),
        route.state(),
        route.promoted(),
        route.experiment());
  }

  static MirrorSettings mirror(
      String percent, Duration timeout, int maxInFlight, int maxBodyBytes) {
    return new MirrorSettings(
        new BigDecimal(percent),
        Set.of("POST", "GET"),
        timeout,
        maxInFlight,
        maxBodyBytes,
        Set.of(),
        false);
  }
}
