package io.shadowsentinel.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringReader;
import java.util.Properties;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class VersionTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "built=2026-11-26T13:00:00Z;commit=1a2b3c4;time=2026-11-26T12:58:07Z;changed=false"
            + " | built at 2026-11-26T13:00:00Z from commit 1a2b3c4 of 2026-11-26T12:58:07Z",
        "built=1795697887;commit=1a2b3c4" + " | built at 2026-11-26T12:58:07Z from commit 1a2b3c4",
        "commit=1a2b3c4;time=2026-11-26T12:58:07Z;changed=true"
            + " | built from commit 1a2b3c4 of 2026-11-26T12:58:07Z, with changes",
        "commit=1a2b3c4 | built from commit 1a2b3c4",
        "built=${build.time};commit=${git.commit.id.abbrev};time=${git.commit.time}"
            + " | built from sources without a commit",
        "built=2026-11-26T13:00:00Z;commit="
            + " | built at 2026-11-26T13:00:00Z from sources without a commit"
      })
  void built_properties_areToldAsFarAsTheyAreKnown(String properties, String told)
      throws IOException {
    Properties build = new Properties();
    build.load(new StringReader(properties.replace(';', '\n')));

    assertThat(Version.built(build)).isEqualTo(told);
  }
}
