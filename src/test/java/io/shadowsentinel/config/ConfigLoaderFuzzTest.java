package io.shadowsentinel.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.file.Path;
import java.util.Map;

/**
 * Whatever a file holds, it is a configuration, or every reason why it is none is told in a line.
 */
class ConfigLoaderFuzzTest {
  private static final Map<String, String> ENVIRONMENT =
      Map.of("A", "b", "PORT", "8081", "EMPTY", "", "YAML", "a: [b, \"c");

  @FuzzTest(maxDuration = "60s")
  void files(byte[] bytes) {
    load("fuzz.yaml", bytes);
    load("fuzz.json", bytes);
  }

  private static void load(String name, byte[] bytes) {
    ConfigResult result = ConfigLoader.parse(Path.of(name), bytes, ENVIRONMENT::get);
    if (result instanceof ConfigResult.Rejected rejected) {
      for (Fault fault : rejected.faults()) {
        assertThat(fault.line()).isPositive();
        assertThat(fault.column()).isPositive();
        // Nor what turns the direction of text, or ends a line elsewhere.
        assertThat(fault.message())
            .doesNotContainPattern("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}\\p{Cs}]")
            .isNotBlank()
            .hasSizeLessThan(2_000);
      }
    }
  }
}
