package io.shadowsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

class DoctorReportTest {
  private static final Finding OK = Finding.ok("ports", "listen 0.0.0.0:80", "free");
  private static final Finding WARN = Finding.warn("clock", "this machine", "wrong", "set it");
  private static final Finding FAIL = Finding.fail("state", "./state", "no\nroom", "make room");

  private static String printed(
      DoctorReport report, BiConsumer<DoctorReport, PrintWriter> printer) {
    StringWriter out = new StringWriter();
    printer.accept(report, new PrintWriter(out));
    return out.toString();
  }

  private static DoctorReport report(Finding... findings) {
    return new DoctorReport(Path.of("s.yaml"), List.of(findings));
  }

  @Test
  void table_alignsItsColumns_andPutsTheRemedyBelow() {
    assertThat(printed(report(OK, WARN, FAIL), DoctorReport::printTable))
        .isEqualTo(
            """
            RESULT  CHECK  SUBJECT            WHAT WAS SEEN
            ok      ports  listen 0.0.0.0:80  free
            warn    clock  this machine       wrong
                    -> set it
            FAIL    state  ./state            no room
                    -> make room
            1 of 3 checks failed, 1 warning.
            """);
  }

  @Test
  void warnings_alone_areNoFailure() {
    assertThat(report(OK, WARN).failed()).isFalse();
    assertThat(report(OK, FAIL).failed()).isTrue();
    assertThat(printed(report(OK, WARN), DoctorReport::printTable))
        .endsWith("Nothing is wrong, 1 warning.\n");
  }

  @Test
  void json_holdsEveryFinding() throws Exception {
    JsonNode json = new ObjectMapper().readTree(printed(report(OK, FAIL), DoctorReport::printJson));

    assertThat(json.path("ok").asBoolean()).isFalse();
    assertThat(json.at("/findings/0/level").asText()).isEqualTo("ok");
    assertThat(json.at("/findings/0/remedy").isNull()).isTrue();
    assertThat(json.at("/findings/1/level").asText()).isEqualTo("fail");
    assertThat(json.at("/findings/1/detail").asText()).isEqualTo("no\nroom");
  }
}
