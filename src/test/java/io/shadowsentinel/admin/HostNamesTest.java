package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostNamesTest {
  private final HostNames names =
      new HostNames("admin.internal", List.of("ops.example.org", "*.ops.example.net"));

  @ParameterizedTest
  @CsvSource({
    "localhost, true, false",
    "LocalHost, true, false",
    "127.0.0.1, true, false",
    "10.1.2.3, true, false",
    "[::1], true, false",
    "Admin.Internal, true, false",
    "OPS.example.org, true, true",
    "a.ops.example.net, true, true",
    "a.b.ops.example.net, true, true",
    "ops.example.net, false, false",
    "xops.example.net, false, false",
    "x.ops.example.org, false, false",
    "evil.example, false, false",
    "localhost.evil.example, false, false",
    "127.0.0.1.evil.example, false, false",
    "localhost., false, false",
    "'', false, false"
  })
  void name_isKnown_orNot(String host, boolean known, boolean allowed) {
    assertThat(names.knows(host)).isEqualTo(known);
    assertThat(names.allows(host)).isEqualTo(allowed);
  }
}
