package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StatusTableTest {

  @ParameterizedTest
  @CsvSource({
    "159,200,79.5%",
    "160,200,80.0%",
    "7999,10000,79.9%",
    "7996,10000,79.9%",
    "8000,10000,80.0%",
    "0,1,0.0%",
    "1,1,100.0%",
    "999999,1000000,99.9%",
    "0,0,-"
  })
  void percent_isCutAndNeverRoundedUp(long part, long whole, String shown) {
    assertThat(StatusTable.percent(part, whole)).isEqualTo(shown);
  }

  @Test
  void name_withControlCharacters_cannotMoveTheCursor() throws IOException {
    assertThat(
            StatusTable.lines(
                new ObjectMapper()
                    .readTree("[{\"name\":\"a\\u001b[2J\\nb\",\"state\":\"PAUSED\"}]")))
        .hasSize(2)
        .noneMatch(line -> line.chars().anyMatch(Character::isISOControl))
        .last()
        .asString()
        .startsWith("a\\u001B[2J b  PAUSED");
  }

  @Test
  void selfCheck_isShownBesideTheAgreement() throws IOException {
    String route =
        "{\"name\":\"r\",\"state\":\"SHADOWING\",\"experiment\":{\"evidence\":{\"rated\":4,"
            + "\"agree\":1,\"eligible\":4}},\"rule\":{\"minRequests\":200},"
            + "\"selfCheck\":{\"checked\":8,\"agree\":5}}";

    assertThat(StatusTable.lines(new ObjectMapper().readTree("[" + route + "]")))
        .last()
        .asString()
        .contains("25.0%      62.5%  4/200");
  }

  @Test
  void decision_namesTheOperator_whereThereIsAName() throws IOException {
    String decision =
        "[{\"name\":\"a\",\"decision\":{\"decision\":\"ROLLBACK\",\"by\":\"operator\",\"who\":%s,"
            + "\"time\":\"now\"}}]";

    assertThat(StatusTable.lines(new ObjectMapper().readTree(decision.formatted("\"olga\""))))
        .last()
        .asString()
        .endsWith("  ROLLBACK by operator (olga) at now");
    assertThat(StatusTable.lines(new ObjectMapper().readTree(decision.formatted("null"))))
        .last()
        .asString()
        .endsWith("  ROLLBACK by operator at now");
  }

  @Test
  void noRoutes_isOnlyTheHead() throws IOException {
    assertThat(StatusTable.lines(new ObjectMapper().readTree("[]")))
        .containsExactly(
            "ROUTE  STATE  CHAMPION  CHALLENGER  AGREEMENT  SELF  PROGRESS  CONFLICTS"
                + "  COVERAGE  FORMAT  DECISION");
  }

  @Test
  void format_isShownAsTheApiSaysIt() throws IOException {
    assertThat(
            StatusTable.lines(
                new ObjectMapper()
                    .readTree(
                        "[{\"name\":\"a\",\"format\":\"auto: tgi\"},{\"name\":\"b\",\"format\":null}]")))
        .satisfiesExactly(
            head -> assertThat(head).contains("  FORMAT     DECISION"),
            a -> assertThat(a).endsWith("  auto: tgi  -"),
            b -> assertThat(b).endsWith("  -          -"));
  }
}
