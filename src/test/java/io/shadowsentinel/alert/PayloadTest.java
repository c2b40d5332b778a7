package io.shadowsentinel.alert;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.shadowsentinel.alert.ChannelSettings.Type;
import io.shadowsentinel.decide.Decision;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PayloadTest {

  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Notice.Firing FIRED =
      new Notice.Firing("exp-1", TestDecisions.NOON.plusSeconds(1));

  @Test
  void webhook_rollback_isTheLogLineWithAnId() throws IOException {
    assertThat(render(Type.WEBHOOK, TestDecisions.rollback(1, "digits"), Optional.empty()))
        .isEqualTo(golden("webhook-rollback.json"));
  }

  @Test
  void slack_rollback_hasTextAndBlocks() throws IOException {
    assertThat(render(Type.SLACK, TestDecisions.rollback(1, "digits"), Optional.empty()))
        .isEqualTo(golden("slack-rollback.json"));
  }

  @Test
  void alertmanager_rollback_firesForAWeek() throws IOException {
    assertThat(render(Type.ALERTMANAGER, TestDecisions.rollback(1, "digits"), Optional.empty()))
        .isEqualTo(golden("alertmanager-firing.json"));
  }

  @Test
  void alertmanager_restart_resolvesTheLabelsThatFired() throws IOException {
    assertThat(render(Type.ALERTMANAGER, TestDecisions.restart(2, "digits"), Optional.of(FIRED)))
        .isEqualTo(golden("alertmanager-resolved.json"));
  }

  @Test
  void alertmanager_firingAndResolved_haveTheSameLabelsAndStart() throws IOException {
    JsonNode firing =
        render(Type.ALERTMANAGER, TestDecisions.rollback(1, "digits"), Optional.empty()).get(0);
    JsonNode resolved =
        render(Type.ALERTMANAGER, TestDecisions.restart(2, "digits"), Optional.of(FIRED)).get(0);

    assertThat(resolved.get("labels")).isEqualTo(firing.get("labels"));
    assertThat(resolved.get("startsAt")).isEqualTo(firing.get("startsAt"));
  }

  @Test
  void alertmanager_everyAlert_hasTheMembersOfPostableAlert() throws IOException {
    JsonNode alert =
        render(Type.ALERTMANAGER, TestDecisions.rollback(1, "digits"), Optional.empty()).get(0);

    assertThat(alert.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("labels", "annotations", "startsAt", "endsAt", "generatorURL");
    assertThat(alert.get("labels")).allMatch(JsonNode::isTextual).isNotEmpty();
    assertThat(alert.get("annotations")).allMatch(JsonNode::isTextual).isNotEmpty();
    Instant startsAt = Instant.parse(alert.get("startsAt").textValue());
    assertThat(Instant.parse(alert.get("endsAt").textValue()))
        .isEqualTo(startsAt.plus(Duration.ofDays(7)));
    assertThat(URI.create(alert.get("generatorURL").textValue())).hasScheme("http");
  }

  @Test
  void alertmanager_promotionAfterARollback_resolves() throws IOException {
    JsonNode alerts =
        render(Type.ALERTMANAGER, TestDecisions.promote(2, "digits"), Optional.of(FIRED));

    assertThat(alerts).hasSize(1);
    assertThat(alerts.get(0).get("endsAt").textValue()).isEqualTo("2026-03-01T12:00:02Z");
  }

  @Test
  void alertmanager_rollbackOfAnotherExperiment_resolvesTheOneBefore() throws IOException {
    Notice.Firing older = new Notice.Firing("exp-0", TestDecisions.NOON);
    JsonNode alerts =
        render(Type.ALERTMANAGER, TestDecisions.rollback(5, "digits"), Optional.of(older));

    assertThat(alerts.findValuesAsText("experiment")).containsExactly("exp-0", "exp-1");
    assertThat(alerts.get(0).get("endsAt")).isEqualTo(alerts.get(1).get("startsAt"));
  }

  @Test
  void alertmanager_clockSetBack_neverEndsBeforeItStarts() throws IOException {
    Notice.Firing later = new Notice.Firing("exp-1", TestDecisions.NOON.plusSeconds(60));
    JsonNode alert =
        render(Type.ALERTMANAGER, TestDecisions.restart(2, "digits"), Optional.of(later)).get(0);

    assertThat(alert.get("startsAt")).isEqualTo(alert.get("endsAt"));
  }

  @Test
  void alertmanager_nothingFiring_isToldNothingOfARestart() {
    assertThat(
            AlertChannel.of(settings(Type.ALERTMANAGER))
                .render(notice(TestDecisions.restart(2, "digits"), Optional.empty())))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "http://am:9093, http://am:9093/api/v2/alerts",
    "http://am:9093/, http://am:9093/api/v2/alerts",
    "http://am:9093/prefix/, http://am:9093/prefix/api/v2/alerts",
    "http://am:9093/api/v2/alerts, http://am:9093/api/v2/alerts",
    "http://u:p@am:9093?a=b, http://u:p@am:9093/api/v2/alerts?a=b"
  })
  void alertmanager_url_isABase(URI url, URI target) {
    assertThat(AlertChannel.of(ChannelSettings.of(Type.ALERTMANAGER, url)).target())
        .isEqualTo(target);
  }

  @ParameterizedTest
  @CsvSource({"WEBHOOK", "SLACK"})
  void channel_restartOrPromotion_isNotToldByDefault(Type type) {
    AlertChannel channel = AlertChannel.of(settings(type));

    assertThat(channel.render(notice(TestDecisions.restart(2, "r"), Optional.of(FIRED)))).isEmpty();
    assertThat(channel.render(notice(TestDecisions.promote(2, "r"), Optional.empty()))).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"WEBHOOK", "SLACK"})
  void channel_thatAskedForPromotions_isToldOfThemOnly(Type type) {
    AlertChannel channel =
        AlertChannel.of(
            new ChannelSettings(
                type, URI.create("http://h/x"), Set.of(Decision.Action.PROMOTE), null));

    assertThat(channel.render(notice(TestDecisions.promote(2, "r"), Optional.empty()))).isPresent();
    assertThat(channel.render(notice(TestDecisions.rollback(2, "r"), Optional.empty()))).isEmpty();
  }

  @Test
  void slack_hostileReason_isEscapedAndOnOneLine() throws IOException {
    JsonNode body =
        render(
            Type.SLACK,
            TestDecisions.rollback(1, "<!channel>", "a<b> & <!here|x>\r\n\u0007> quote"),
            Optional.empty());

    assertThat(body.get("text").textValue())
        .contains("Route &lt;!channel&gt; rolled back")
        .endsWith("Reason: a&lt;b&gt; &amp; &lt;!here|x&gt; &gt; quote");
    assertThat(body.toString()).doesNotContain("<!channel>", "<!here");
  }

  @ParameterizedTest
  @CsvSource({"499, 499, false", "500, 500, false", "501, 500, true"})
  void reason_atTheLimit_isCutThere(int length, int expected, boolean cut) {
    String reason = Wording.reason(TestDecisions.rollback(1, "r", "\uD83D\uDE00".repeat(length)));

    assertThat(reason.codePointCount(0, reason.length())).isEqualTo(expected);
    assertThat(reason.endsWith("…")).isEqualTo(cut);
  }

  @Test
  void slack_longestEscapedReason_staysUnderSlacksLimit() throws IOException {
    JsonNode body =
        render(Type.SLACK, TestDecisions.rollback(1, "r", "&".repeat(5000)), Optional.empty());

    assertThat(body.at("/blocks/1/text/text").textValue()).hasSizeLessThanOrEqualTo(3000);
  }

  @Test
  void ids_ofDifferentInstancesWithTheSameNumber_differ() {
    Decision one = TestDecisions.rollback(1, "digits");
    Decision other = TestDecisions.withTime(one, one.time().plusMillis(1));

    assertThat(Notice.id(one, "c")).isNotEqualTo(Notice.id(other, "c")).startsWith("1-c-");
    assertThat(Notice.id(one, "c")).isEqualTo(Notice.id(TestDecisions.rollback(1, "digits"), "c"));
  }

  private static JsonNode render(Type type, Decision decision, Optional<Notice.Firing> firing)
      throws IOException {
    return JSON.readTree(
        AlertChannel.of(settings(type)).render(notice(decision, firing)).orElseThrow().body());
  }

  private static Notice notice(Decision decision, Optional<Notice.Firing> firing) {
    return new Notice("id-1", decision, firing);
  }

  private static ChannelSettings settings(Type type) {
    return new ChannelSettings(
        type,
        URI.create("http://receiver:9099/secret"),
        ChannelSettings.DEFAULT_ON,
        URI.create("http://127.0.0.1:9090/"));
  }

  private static JsonNode golden(String name) throws IOException {
    try (InputStream in = PayloadTest.class.getResourceAsStream(name)) {
      return JSON.readTree(in);
    }
  }
}
