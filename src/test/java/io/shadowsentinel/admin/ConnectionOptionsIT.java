package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a caller's {@code Connection} says of the connection's end: RFC 9112, section 9.3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionOptionsIT {
  private AdminFixture admin;

  @BeforeAll
  void start() throws Exception {
    admin = new AdminFixture(null);
  }

  @AfterAll
  void close() throws Exception {
    admin.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // version | fields, with ; between them | closes
        "1 | -                        | false",
        "1 | close                    | true",
        "1 | TE, close                | true",
        "1 | close, TE                | true",
        "1 | te,CLOSE                 | true",
        "1 | TE ,\tclose,             | true",
        "1 | TE; close                | true",
        "1 | close; TE                | true",
        "1 | keep-alive; x, close     | true",
        "1 | TE, keep-alive           | false",
        "1 | closed, x-close, clo     | false",
        "0 | -                        | true",
        "0 | TE                       | true",
        "0 | keep-alive               | false",
        "0 | Keep-Alive, TE           | false",
        "0 | TE; keep-alive           | false",
        "0 | keep-alive, close        | true",
        "0 | keep-alive; close        | true",
      })
  void option_ofAnyList_isKeptTo(int minor, String fields, boolean closes) {
    StringBuilder request =
        new StringBuilder("GET /health/live HTTP/1." + minor + "\r\nHost: localhost\r\n");
    if (fields != null) {
      for (String field : fields.split(";")) {
        request.append("Connection: ").append(field.strip()).append("\r\n");
      }
    }
    request.append("\r\n");
    try (RawClient caller = RawClient.connect(admin.port())) {
      RawResponse first = caller.send(request.toString()).read();
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.headers().hasToken("Connection", "close")).isEqualTo(closes && minor == 1);
      if (closes) {
        assertThat(caller.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
      } else {
        assertThat(first.headers().hasToken("Connection", "keep-alive")).isEqualTo(minor == 0);
        byte[] next = RawClient.get("/health/live");
        assertThat(caller.exchange(next).status()).isEqualTo(200);
      }
    }
  }
}
