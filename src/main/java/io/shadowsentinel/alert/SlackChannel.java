package io.shadowsentinel.alert;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.shadowsentinel.decide.Decision;
import io.shadowsentinel.decide.Evidence;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/**
 * A Slack incoming webhook: blocks for those who see them, and {@code text} for notifications. All
 * data is escaped, and marked {@code verbatim}, so that a reason cannot mention people or make
 * links.
 */
record SlackChannel(ChannelSettings settings) implements AlertChannel {

  @Override
  public URI target() {
    return settings.url();
  }

  @Override
  public Optional<Message> render(Notice notice) {
    Decision decision = notice.decision();
    if (!settings.on().contains(decision.action())) {
      return Optional.empty();
    }
    String headline = escape(Wording.headline(decision));
    String reason = escape(Wording.reason(decision));
    ObjectNode body =
        AlertJson.MAPPER.createObjectNode().put("text", headline + ". Reason: " + reason);
    ArrayNode blocks = body.putArray("blocks");
    blocks
        .addObject()
        .put("type", "header")
        .putObject("text")
        .put("type", "plain_text")
        .put("text", title(decision.action()));
    markdown(
        blocks.addObject().put("type", "section").putObject("text"),
        headline + "\n*Reason:* " + reason);
    fields(blocks.addObject().put("type", "section").putArray("fields"), decision);
    markdown(
        blocks.addObject().put("type", "context").putArray("elements").addObject(), footer(notice));
    return Optional.of(new Message(Map.of(), AlertJson.write(body)));
  }

  private static String title(Decision.Action action) {
    return switch (action) {
      case ROLLBACK -> "Rolled back";
      case PROMOTE -> "Promoted";
      case PAUSE -> "Paused";
      case RESUME -> "Resumed";
      case RESTART -> "Restarted";
      case RENAME -> "Renamed";
    };
  }

  private static void fields(ArrayNode fields, Decision decision) {
    Evidence evidence = decision.evidence();
    field(fields, "Agreement", Wording.agreement(evidence));
    field(fields, "Decided by", Wording.by(decision));
    field(fields, "Challenger errors", Long.toString(evidence.challengerError()));
    field(fields, "High-confidence conflicts", Long.toString(evidence.highConfidenceConflicts()));
    if (decision.experiment() != null) {
      field(fields, "Experiment", decision.experiment());
    }
    field(fields, "State", decision.from() + " to " + decision.to());
  }

  private static void field(ArrayNode fields, String name, String value) {
    markdown(fields.addObject(), "*%s*\n%s".formatted(name, escape(Wording.line(value))));
  }

  private String footer(Notice notice) {
    String footer = notice.decision().time() + " · " + notice.id();
    return settings.link() == null
        ? footer
        : footer + " · <" + escape(settings.link().toString()) + "|Dashboard>";
  }

  private static void markdown(ObjectNode node, String text) {
    node.put("type", "mrkdwn").put("text", text).put("verbatim", true);
  }

  /** Escapes the three characters that Slack gives a meaning to. */
  static String escape(String text) {
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
  }
}
