package io.shadowsentinel.doctor;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.doctor.Finding.Level;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StateCheckTest {
  @TempDir Path temp;

  @Test
  void directory_thatIsThere_isOk_andLeftAsItWas() throws Exception {
    StateCheck check = new StateCheck(temp);

    assertThat(check.holder()).isNull();
    assertThat(check.findings(null)).allMatch(each -> each.level() == Level.OK).hasSize(2);
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left).isEmpty();
    }
  }

  @Test
  void directory_thatCanBeMade_isOk_andNotMade() {
    Path deep = temp.resolve("a/b/c");

    assertThat(new StateCheck(deep).findings(null).get(0).detail()).contains("can be made");
    assertThat(temp.resolve("a")).doesNotExist();
  }

  @Test
  void file_inItsPlaceOrAbove_fails() throws Exception {
    Path file = Files.createFile(temp.resolve("state"));

    assertThat(new StateCheck(file).findings(null).get(0).level()).isEqualTo(Level.FAIL);
    Finding above = new StateCheck(file.resolve("deeper")).findings(null).get(0);
    assertThat(above.level()).isEqualTo(Level.FAIL);
    assertThat(above.detail()).contains(file + " is a file (expected a directory)");
  }

  @Test
  void space_atEachBar_isJudged() {
    assertThat(StateCheck.space("s", StateCheck.TOO_LITTLE - 1).level()).isEqualTo(Level.FAIL);
    assertThat(StateCheck.space("s", StateCheck.TOO_LITTLE).level()).isEqualTo(Level.WARN);
    assertThat(StateCheck.space("s", StateCheck.LITTLE - 1).level()).isEqualTo(Level.WARN);
    assertThat(StateCheck.space("s", StateCheck.LITTLE).level()).isEqualTo(Level.OK);
  }
}
