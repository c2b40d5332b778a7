package io.shadowsentinel.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.decide.Decision;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Alertmanager's API v2. A rollback fires; whatever ends it (a restart, a promotion) resolves the
 * same label set.
 *
 * <p>Alertmanager resolves an alert by itself after {@code resolve_timeout} unless its {@code
 * endsAt} says otherwise. A firing alert therefore ends a week after the decision, so that it needs
 * no repetition, and a route that is taken out of the config does not fire for ever.
 */
record AlertmanagerChannel(ChannelSettings settings) implements AlertChannel {

  static final Duration FIRES_FOR = Duration.ofDays(7);
  private static final String PATH = "/api/v2/alerts";

  @Override
  public URI target() {
    URI url = settings.url();
    String path = url.getRawPath().replaceAll("/+$", "");
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return URI.create(
        url.getScheme()
            + "://"
            + url.getRawAuthority()
            + (path.endsWith(PATH) ? path : path + PATH)
            + query);
  }

  @Override
  public Optional<Message> render(Notice notice) {
    Decision decision = notice.decision();
    ArrayNode alerts = AlertJson.MAPPER.createArrayNode();
    if (decision.formerly() != null) {
      return notice.firing().map(firing -> renamed(alerts, decision, firing));
    }
    boolean rollback = decision.action() == Decision.Action.ROLLBACK;
    String experiment = decision.experiment() == null ? "" : decision.experiment();
    notice
        .firing()
        .filter(firing -> rollback ? !firing.experiment().equals(experiment) : ends(decision))
        .ifPresent(
            firing ->
                alert(
                    alerts,
                    decision.route(),
                    decision,
                    firing.experiment(),
                    firing.since(),
                    decision.time()));
    if (rollback) {
      alert(
          alerts,
          decision.route(),
          decision,
          experiment,
          decision.time(),
          decision.time().plus(FIRES_FOR));
    }
    return alerts.isEmpty()
        ? Optional.empty()
        : Optional.of(new Message(Map.of(), AlertJson.write(alerts)));
  }

  /** What fires goes on under the new name, since the name is one of its labels. */
  private Message renamed(ArrayNode alerts, Decision decision, Notice.Firing firing) {
    String before = String.valueOf(decision.formerly());
    String experiment = firing.experiment();
    Instant now = decision.time();
    alert(alerts, before, decision, experiment, firing.since(), now);
    if (!ends(decision)) {
      alert(alerts, decision.route(), decision, experiment, firing.since(), now.plus(FIRES_FOR));
    }
    return new Message(Map.of(), AlertJson.write(alerts));
  }

  /** True if the route is not rolled back after it: everything but a pause, as things are. */
  static boolean ends(Decision decision) {
    return switch (decision.to()) {
      case SHADOWING, PROMOTED, NO_CHALLENGER -> true;
      case ROLLED_BACK, PAUSED -> false;
    };
  }

  private void alert(
      ArrayNode alerts,
      String route,
      Decision decision,
      String experiment,
      Instant startsAt,
      Instant endsAt) {
    ObjectNode alert = alerts.addObject();
    ObjectNode labels =
        alert
            .putObject("labels")
            .put("alertname", "ShadowSentinelRollback")
            .put("route", route)
            .put("severity", "warning");
    if (!experiment.isEmpty()) {
      labels.put("experiment", experiment);
    }
    ObjectNode annotations =
        alert
            .putObject("annotations")
            .put("summary", Wording.headline(decision))
            .put("description", Wording.reason(decision))
            .put("agreement", Wording.agreement(decision.evidence()))
            .put("by", Wording.by(decision))
            .put("champion", decision.champion());
    if (decision.challenger() != null) {
      annotations.put("challenger", decision.challenger());
    }
    // A clock that was set back must not make an alert that ends before it starts: that is refused.
    Instant start = startsAt.isAfter(endsAt) ? endsAt : startsAt;
    alert.put("startsAt", start.toString()).put("endsAt", endsAt.toString());
    if (settings.link() != null) {
      alert.put("generatorURL", settings.link().toString());
    }
  }
}
