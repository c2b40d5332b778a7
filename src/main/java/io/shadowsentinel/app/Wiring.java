package io.shadowsentinel.app;

import io.shadowsentinel.admin.AdminAccess;
import io.shadowsentinel.admin.AdminSettings;
import io.shadowsentinel.admin.AdminToken;
import io.shadowsentinel.alert.ChannelSettings;
import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.text.JudgeSettings;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.AlertConfig;
import io.shadowsentinel.config.ListenLimitSettings;
import io.shadowsentinel.config.ListenSettings;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.decide.Reconfigure;
import io.shadowsentinel.proxy.ProxySettings;
import io.shadowsentinel.table.Model;
import io.shadowsentinel.tls.TlsUse;
import io.shadowsentinel.tls.TlsUse.Purpose;
import io.shadowsentinel.wire.ListenLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** What each part wants to know, out of the config. Pure. */
public final class Wiring {
  private Wiring() {}

  public static Reconfigure routes(SentinelConfig config) {
    Map<String, DecideSettings> rules = new HashMap<>();
    config.routes().forEach(route -> rules.put(route.spec().name(), route.decide()));
    return new Reconfigure(config.routes().stream().map(RouteConfig::spec).toList(), rules);
  }

  static Map<String, CompareSettings> comparisons(SentinelConfig config) {
    Map<String, CompareSettings> settings = new HashMap<>();
    config.routes().forEach(route -> settings.put(route.spec().name(), route.compare()));
    return settings;
  }

  private static ListenLimits limits(ListenLimitSettings limits) {
    return new ListenLimits(
        limits.maxConnections(),
        limits.maxInFlight(),
        limits.maxStreams(),
        limits.maxUri(),
        limits.maxHeader(),
        limits.maxHeaderCount(),
        limits.maxBody(),
        limits.headerTimeout(),
        limits.idleTimeout(),
        limits.writeTimeout());
  }

  /** What the two listeners are secured with, until the next start. */
  public static List<TlsUse> listenersTls(SentinelConfig config) {
    List<TlsUse> uses = new ArrayList<>();
    if (config.listen().tls() != null) {
      uses.add(new TlsUse(Purpose.LISTEN, config.listen().tls()));
    }
    if (config.admin().tls() != null) {
      uses.add(new TlsUse(Purpose.ADMIN, config.admin().tls()));
    }
    return uses;
  }

  /** How others are connected to, which a reload may change. */
  public static List<TlsUse> clientsTls(SentinelConfig config) {
    List<TlsUse> uses = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      models(route).forEach(model -> uses.add(new TlsUse(Purpose.UPSTREAM, model.tls())));
      JudgeSettings judge = route.compare().text().judge();
      if (judge != null) {
        uses.add(new TlsUse(Purpose.JUDGE, judge.tls()));
      }
    }
    config.alerts().forEach(alert -> uses.add(new TlsUse(Purpose.ALERT, alert.tls())));
    return uses;
  }

  /** The models whose certificates nobody looks at, as in {@code route digits, model v2}. */
  static List<String> unverified(SentinelConfig config) {
    List<String> names = new ArrayList<>();
    for (RouteConfig route : config.routes()) {
      models(route)
          .filter(model -> !model.tls().verify())
          .forEach(model -> names.add("route " + route.spec().name() + ", model " + model.name()));
    }
    return names;
  }

  private static Stream<Model> models(RouteConfig route) {
    return Stream.of(route.spec().champion(), route.spec().challenger()).filter(Objects::nonNull);
  }

  static ProxySettings proxy(SentinelConfig config) {
    ListenSettings listen = config.listen();
    return new ProxySettings(
        listen.host(),
        listen.port(),
        listen.tls(),
        listen.forwardedHeaders(),
        limits(listen.limits()));
  }

  static AdminSettings admin(SentinelConfig config) {
    AdminConfig admin = config.admin();
    return new AdminSettings(admin.host(), admin.port(), admin.tls(), access(config));
  }

  static AdminAccess access(SentinelConfig config) {
    AdminConfig admin = config.admin();
    List<AdminToken> tokens = new ArrayList<>();
    if (admin.token() != null) {
      tokens.addAll(AdminAccess.of(admin.token()).tokens());
    }
    admin.tokens().forEach(token -> tokens.add(token(token)));
    return new AdminAccess(
        tokens,
        AdminAccess.Reads.valueOf(admin.readAccess().name()),
        admin.metricsAccess() == AdminConfig.ReadAccess.TOKEN,
        admin.allowedHosts());
  }

  private static AdminToken token(AdminConfig.Token token) {
    return new AdminToken(
        token.name(),
        token.operator() ? AdminToken.Role.OPERATOR : AdminToken.Role.VIEWER,
        token.value(),
        token.file());
  }

  static List<ChannelSettings> alerts(SentinelConfig config) {
    return config.alerts().stream().map(Wiring::alert).toList();
  }

  private static ChannelSettings alert(AlertConfig alert) {
    return new ChannelSettings(
        ChannelSettings.Type.valueOf(alert.type().name()),
        alert.url(),
        alert.actions(),
        alert.link(),
        alert.tls());
  }
}
