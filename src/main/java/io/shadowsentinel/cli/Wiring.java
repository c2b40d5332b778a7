package io.shadowsentinel.cli;

import io.shadowsentinel.admin.AdminSettings;
import io.shadowsentinel.alert.ChannelSettings;
import io.shadowsentinel.compare.CompareSettings;
import io.shadowsentinel.config.AdminConfig;
import io.shadowsentinel.config.AlertConfig;
import io.shadowsentinel.config.ListenLimitSettings;
import io.shadowsentinel.config.ListenSettings;
import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.config.SentinelConfig;
import io.shadowsentinel.config.Tls;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.decide.Reconfigure;
import io.shadowsentinel.proxy.ListenLimits;
import io.shadowsentinel.proxy.ProxySettings;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What each part wants to know, out of the config. Pure. */
final class Wiring {
  private Wiring() {}

  static Reconfigure routes(SentinelConfig config) {
    Map<String, DecideSettings> rules = new HashMap<>();
    config.routes().forEach(route -> rules.put(route.spec().name(), route.decide()));
    return new Reconfigure(config.routes().stream().map(RouteConfig::spec).toList(), rules);
  }

  static Map<String, CompareSettings> comparisons(SentinelConfig config) {
    Map<String, CompareSettings> settings = new HashMap<>();
    config.routes().forEach(route -> settings.put(route.spec().name(), route.compare()));
    return settings;
  }

  static ProxySettings proxy(SentinelConfig config) {
    ListenSettings listen = config.listen();
    return new ProxySettings(
        listen.host(),
        listen.port(),
        tls(listen.tls()),
        listen.forwardedHeaders(),
        limits(listen.limits()));
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

  private static ProxySettings.@Nullable Tls tls(@Nullable Tls tls) {
    return tls == null ? null : new ProxySettings.Tls(tls.cert(), tls.key(), tls.clientCa());
  }

  static AdminSettings admin(SentinelConfig config) {
    AdminConfig admin = config.admin();
    Tls tls = admin.tls();
    return new AdminSettings(
        admin.host(),
        admin.port(),
        admin.token(),
        tls == null ? null : new AdminSettings.Tls(tls.cert(), tls.key(), tls.clientCa()));
  }

  static List<ChannelSettings> alerts(SentinelConfig config) {
    return config.alerts().stream().map(Wiring::alert).toList();
  }

  private static ChannelSettings alert(AlertConfig alert) {
    return new ChannelSettings(
        ChannelSettings.Type.valueOf(alert.type().name()),
        alert.url(),
        alert.actions(),
        alert.link());
  }
}
