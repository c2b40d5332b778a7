package io.shadowsentinel.config;

import java.util.List;

/** What became of reading a configuration: a whole one, or every reason why there is none. */
public sealed interface ConfigResult {

  /**
   * The file is valid.
   *
   * @param contentHash SHA-256 of the file's bytes, in hexadecimal
   */
  record Loaded(SentinelConfig config, String contentHash) implements ConfigResult {}

  /**
   * The file is refused as a whole.
   *
   * @param faults at least one, in the order of the file
   */
  record Rejected(List<Fault> faults) implements ConfigResult {
    public Rejected {
      faults = List.copyOf(faults);
      if (faults.isEmpty()) {
        throw new IllegalArgumentException("no faults (expected at least one)");
      }
    }
  }
}
