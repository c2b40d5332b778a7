package io.shadowsentinel.gate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.model.Models;
import java.math.BigDecimal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The model takes three scores and answers dog, cat or eel by the highest. */
class ConflictCasesTest {

  private static final GateBars BARS =
      new GateBars(BigDecimal.ZERO, null, RecallBars.NONE, Duration.ofMinutes(1), null);
  private static final String CAT_THEN_EEL =
      "{'inputs':[{'name':'scores','shape':[2,3],'datatype':'FP32','data':[0,5,1,0,1,5]}]}";

  @TempDir private Path directory;
  private Path data;

  @BeforeEach
  void writeData() throws Exception {
    data = Files.writeString(directory.resolve("data.csv"), "0,5,1,cat\n");
  }

  /** A line as production writes it, and what was put beside that. */
  private static String line(String id, String championLabel, boolean sure, String more) {
    return ("{'time':'2026-01-01T00:00:00Z','route':'animals','experiment':'e','requestId':'%s',"
            + "'target':'/v2/models/animals/infer','outcome':'disagree','reason':null,'row':0,"
            + "'championLabel':%s,'championConfidence':0.97,'challengerLabel':'dog',"
            + "'challengerConfidence':0.95,'highConfidence':%s,'paths':['/outputs/0/data/0'],"
            + "'pathsTotal':1%s}\n")
        .formatted(id, championLabel, sure, more);
  }

  private ConflictOutcome run(String conflicts, String requests, String route) throws Exception {
    Path file =
        Files.writeString(directory.resolve("conflicts.jsonl"), conflicts.replace('\'', '"'));
    Path recording = null;
    if (requests != null) {
      recording =
          Files.writeString(directory.resolve("requests.jsonl"), requests.replace('\'', '"'));
    }
    return Gate.run(
            new GateRequest(
                Models.fixture("zipmap-strings"),
                data,
                DataOptions.DEFAULTS,
                null,
                new ConflictSource(file, recording, route),
                0,
                BARS))
        .conflicts();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ",'input':[0,5,1]",
        ",'input':{'scores':[0,5,1]}",
        ",'input':{'x':0,'y':5,'z':1}",
        ",'requestBody':" + CAT_THEN_EEL,
        ",'requestBody':{'instances':[[0,5,1],[0,1,5]]}",
        ",'requestBody':{'instances':[{'scores':[0,5,1]}]}",
        ",'requestBody':'{\\'instances\\':[[0,5,1]]}'",
      })
  void line_withItsInput_isACase(String input) throws Exception {
    ConflictOutcome right = run(line("r1", "'cat'", true, input), null, null);
    assertThat(right.right()).isEqualTo(new Share(1, 1));
    ConflictOutcome wrong = run(line("r1", "'eel'", true, input), null, null);
    assertThat(wrong.right()).isEqualTo(new Share(0, 1));
    assertThat(wrong.missed().get(0).requestId()).isEqualTo("r1");
    assertThat(wrong.missed().get(0).expected()).isEqualTo("eel");
    assertThat(wrong.missed().get(0).answer()).isEqualTo("cat");
    assertThat(wrong.missed().get(0).line()).isEqualTo(1);
    assertThat(wrong.missed().get(0).confidence()).isBetween(0.97, 0.99);
  }

  @Test
  void label_beside_outranksTheChampions() throws Exception {
    String line = line("r1", "'eel'", true, ",'input':[0,5,1],'label':'cat'");
    assertThat(run(line, null, null).right()).isEqualTo(new Share(1, 1));
  }

  @Test
  void row_ofABatch_isTheOneThatDiffered() throws Exception {
    String second =
        line("r1", "'eel'", true, ",'requestBody':" + CAT_THEN_EEL).replace("'row':0", "'row':1");
    assertThat(run(second, null, null).right()).isEqualTo(new Share(1, 1));
    String third = second.replace("'row':1", "'row':2");
    assertThatThrownBy(() -> run(third, null, null))
        .hasMessageContaining("conflicts.jsonl:1: requestBody: 2 rows (expected row 2 as well");
  }

  @Test
  void request_ofARecording_isFoundByItsId() throws Exception {
    String base64 = Base64.getEncoder().encodeToString(CAT_THEN_EEL.replace('\'', '"').getBytes());
    String requests =
        "{'path':'/v2/x','headers':{'X-Request-Id':'r1'},'body':%s}\n".formatted(CAT_THEN_EEL)
            + "{'path':'/v2/x','headers':{'x-request-id':['r2']},'bodyBase64':'%s'}\n"
                .formatted(base64)
            + "{'path':'/v2/x','body':{}}\n{'path':'/v2/x','headers':{'X-Request-Id':'r9'}}\n";
    String conflicts = line("r1", "'cat'", true, "") + line("r2", "'dog'", true, "");
    ConflictOutcome outcome = run(conflicts, requests, null);
    assertThat(outcome.right()).isEqualTo(new Share(1, 2));
    assertThat(outcome.missed()).extracting(ConflictOutcome.Missed::line).containsExactly(2);
  }

  @Test
  void lines_withoutBothSure_arePassedOverWithoutAnInput() throws Exception {
    String conflicts = line("r1", "'cat'", false, "") + line("r2", "null", false, "");
    ConflictOutcome outcome = run(conflicts, null, null);
    assertThat(outcome.right()).isEqualTo(new Share(0, 0));
    assertThat(outcome.passedOver()).isEqualTo(2);
  }

  @Test
  void line_writtenByHand_needsInputAndLabelOnly() throws Exception {
    assertThat(run("{'input':[0,5,1],'label':'cat'}", null, null).right())
        .isEqualTo(new Share(1, 1));
  }

  @Test
  void file_withoutALine_asksForNothing() throws Exception {
    assertThat(run("", null, null).right()).isEqualTo(new Share(0, 0));
  }

  @Test
  void routes_severalInAFile_areChosenByName() throws Exception {
    String conflicts =
        line("r1", "'cat'", true, ",'input':[0,5,1]")
            + line("r2", "'7'", true, "").replace("'animals'", "'digits'");
    assertThat(run(conflicts, null, "animals").right()).isEqualTo(new Share(1, 1));
    assertThatThrownBy(() -> run(conflicts, null, null))
        .hasMessageContaining(
            "conflicts of the routes [animals, digits] (expected one to be named)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      value = {
        "'cat'||no input (expected requestBody, or input, or a recording with request 'r1')",
        "null|,'input':[0,5,1]|label: missing, and no championLabel (expected the label that is",
        "'[redacted]'|,'input':[0,5,1]|championLabel: redacted, as the config asks (expected the",
        "'cat'|,'input':[0,5]|column: 2 values for input 'scores'",
        "'cat'|,'input':7|input: 7 (expected an object of columns, or an array)",
        "'cat'|,'input':[1,2,'x']|column: 'x' (expected a finite FP32 number)",
        "'cat'|,'input':[1,2,3],'requestBody':{}|input and requestBody (expected one of them)",
        "'owl'|,'input':[1,2,3]|label 'owl': no class of the model (expected one of",
        "'cat'|,'requestBody':{}|requestBody: expected a request with 'inputs', as Open Inference",
        "'cat'|,'requestBody':'{'|requestBody: not JSON",
        "'cat'|,'requestBody':{'inputs':[]}|requestBody: inputs: 'scores' is missing",
        "'cat'|,'input':{'scores':[1,2,3],'id':4}|column 'id': no input of",
      })
  void line_thatLacksSomething_isBadInputThatSaysWhat(String label, String more, String message) {
    String conflicts = "\n" + line("r1", label, true, more == null ? "" : more);
    assertThatThrownBy(() -> run(conflicts, null, null))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining("conflicts.jsonl:2: " + message);
  }

  @Test
  void recording_withoutTheRequestOrWithTwo_isBadInput() {
    String conflicts = line("r1", "'cat'", true, "");
    String other = "{'headers':{'X-Request-Id':'r2'},'body':{}}\n";
    assertThatThrownBy(() -> run(conflicts, other, null))
        .hasMessageContaining("conflicts.jsonl:1: no input, and no request 'r1' in ")
        .hasMessageContaining("requests.jsonl (expected requestBody, or input)");
    String twice =
        "{'headers':{'X-Request-Id':'r1'},'body':{}}\n{'headers':{'X-Request-Id':'r1'},'body':[]}";
    assertThatThrownBy(() -> run(conflicts, twice, null))
        .hasMessageContaining("requests.jsonl:2: request 'r1' with another body");
  }

  @Test
  void conflict_missed_failsTheGate() throws Exception {
    Path file =
        Files.writeString(directory.resolve("c.jsonl"), "{\"input\":[0,5,1],\"label\":\"eel\"}");
    GateReport report =
        Gate.run(
            new GateRequest(
                Models.fixture("zipmap-strings"),
                data,
                DataOptions.DEFAULTS,
                null,
                new ConflictSource(file, null, null),
                0,
                BARS));
    assertThat(report.passed()).isFalse();
    assertThat(report.checks()).filteredOn(check -> !check.passed()).hasSize(1);
  }
}
