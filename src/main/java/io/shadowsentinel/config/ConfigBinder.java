package io.shadowsentinel.config;

import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Binds a whole file. What it answers is a config only if no fault was added on the way. */
final class ConfigBinder {
  private static final String ROUTE_FORM = "a mapping with name, champion and perhaps challenger";
  private static final String ALERT_FORM = "a mapping with type and url";

  private ConfigBinder() {}

  static SentinelConfig bind(Section root, Faults faults) {
    Section listenSection = root.child("listen");
    Section adminSection = root.secretChild("admin");
    ListenSettings listen = ServerBinder.listen(listenSection);
    AdminConfig admin = ServerBinder.admin(adminSection, faults);
    ServerBinder.portsDiffer(listen, admin, listenSection, adminSection);
    Path state = ServerBinder.stateDirectory(root.child("state"));
    ShutdownSettings shutdown = ServerBinder.shutdown(root.child("shutdown"));
    List<RouteConfig> routes = routes(root.required("routes", "a list of at least one route"));
    List<AlertConfig> alerts = alerts(root.optional("alerts"));
    root.end();
    return new SentinelConfig(listen, admin, state, shutdown, routes, alerts);
  }

  private static List<RouteConfig> routes(@Nullable Value value) {
    List<Value> items = value == null ? null : value.items("a list of at least one route");
    if (value == null || items == null) {
      return List.of();
    }
    if (items.isEmpty()) {
      value.fault("an empty list", "at least one route");
    }
    List<RouteConfig> routes = new ArrayList<>();
    Map<String, Integer> lines = new HashMap<>();
    for (Value item : items) {
      Section section = item.section("", ROUTE_FORM);
      if (section == null) {
        continue;
      }
      RouteConfig route = RouteBinder.route(section);
      Value name = section.optional("name");
      if (route == null || name == null) {
        continue;
      }
      Integer first = lines.putIfAbsent(route.spec().name(), name.at().line());
      if (first != null) {
        name.fault(route.spec().name(), "a name of its own; the first is on line " + first);
      }
      routes.add(route);
    }
    return routes;
  }

  private static List<AlertConfig> alerts(@Nullable Value value) {
    List<Value> items = value == null ? null : value.secretItems("a list of alerts");
    List<AlertConfig> alerts = new ArrayList<>();
    for (Value item : items == null ? List.<Value>of() : items) {
      Section section = item.secretSection("alert", ALERT_FORM);
      AlertConfig alert = section == null ? null : alert(section);
      if (alert != null) {
        alerts.add(alert);
      }
    }
    return alerts;
  }

  private static @Nullable AlertConfig alert(Section section) {
    List<String> types = AlertConfig.Type.labels();
    Value typeValue = section.required("type", "one of " + String.join(", ", types));
    String type = typeValue == null ? null : typeValue.word(types);
    Value urlValue = section.required("url", "where the alert goes");
    URI url = urlValue == null ? null : Urls.alert(urlValue);
    Set<Decision.Action> actions =
        announced(section.optional("actions"), "alertmanager".equals(type));
    Value linkValue = section.optional("link");
    URI link = linkValue == null ? null : Urls.alert(linkValue);
    ClientTls tls = TlsBinder.verified(section, url);
    section.end();
    return type == null || url == null
        ? null
        : new AlertConfig(
            AlertConfig.Type.valueOf(type.toUpperCase(Locale.ROOT)), url, actions, link, tls);
  }

  private static Set<Decision.Action> announced(@Nullable Value value, boolean rollbackOnly) {
    List<String> words =
        rollbackOnly
            ? List.of(Decision.Action.ROLLBACK.name())
            : Arrays.stream(Decision.Action.values()).map(Enum::name).toList();
    List<Value> items = value == null ? null : value.items("a list of " + String.join(", ", words));
    if (value == null || items == null) {
      return AlertConfig.DEFAULT_ACTIONS;
    }
    if (items.isEmpty()) {
      value.fault("an empty list", "at least one of " + String.join(", ", words));
    }
    Set<Decision.Action> actions = EnumSet.noneOf(Decision.Action.class);
    for (Value item : items) {
      String word = item.word(words);
      if (word != null && !actions.add(Decision.Action.valueOf(word))) {
        item.fault(word + " a second time", "each once");
      }
    }
    return actions;
  }
}
