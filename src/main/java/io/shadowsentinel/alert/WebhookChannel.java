package io.shadowsentinel.alert;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.net.URI;
import java.util.Map;
import java.util.Optional;

/** Plain JSON: the line of the decision log as it is, and the alert's id. */
record WebhookChannel(ChannelSettings settings) implements AlertChannel {

  @Override
  public URI target() {
    return settings.url();
  }

  @Override
  public Optional<Message> render(Notice notice) {
    if (!settings.on().contains(notice.decision().action())) {
      return Optional.empty();
    }
    ObjectNode body = AlertJson.MAPPER.createObjectNode().put("id", notice.id());
    body.setAll((ObjectNode) AlertJson.MAPPER.valueToTree(notice.decision()));
    if (settings.link() != null) {
      body.put("link", settings.link().toString());
    }
    return Optional.of(new Message(Map.of(), AlertJson.write(body)));
  }
}
