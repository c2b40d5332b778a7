package io.shadowsentinel.proxy;

import static org.assertj.core.api.Assertions.assertThat;

import io.shadowsentinel.kit.FakeUpstream;
import io.shadowsentinel.kit.RawClient;
import io.shadowsentinel.kit.RawResponse;
import io.shadowsentinel.kit.Reply;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What a user's {@code Connection} says of the connection's end: RFC 9112, section 9.3. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ConnectionOptionsIT {
  private FakeUpstream champion;
  private ProxyHarness proxy;

  @BeforeAll
  void start() {
    champion = FakeUpstream.answering(Reply.json("{}"));
    proxy = new ProxyHarness(Routes.plain("r", "/", champion.url()));
  }

  @AfterAll
  void close() {
    proxy.close();
    champion.close();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "-",
      value = {
        // version | fields, with ; between them | closes
        "1 | -                        | false",
        "1 | close                    | true",
        "1 | Close                    | true",
        "1 | TE, close                | true",
        "1 | close, TE                | true",
        "1 | te,CLOSE                 | true",
        "1 | TE ,\tclose,             | true",
        "1 | keep-alive, close        | true",
        "1 | TE; close                | true",
        "1 | close; TE                | true",
        "1 | keep-alive; x, close     | true",
        "1 | TE                       | false",
        "1 | TE, keep-alive           | false",
        "1 | closed, x-close          | false",
        "0 | -                        | true",
        "0 | close                    | true",
        "0 | TE                       | true",
        "0 | keep-alive               | false",
        "0 | Keep-Alive, TE           | false",
        "0 | TE,keep-alive            | false",
        "0 | TE; keep-alive           | false",
        "0 | keep-alive, close        | true",
        "0 | keep-alive; close        | true",
      })
  void option_ofAnyList_isKeptTo(int minor, String fields, boolean closes) {
    StringBuilder request = new StringBuilder("GET / HTTP/1." + minor + "\r\nHost: test\r\n");
    if (fields != null) {
      for (String field : fields.split(";")) {
        request.append("Connection: ").append(field.strip()).append("\r\n");
      }
    }
    request.append("\r\n");
    try (RawClient user = RawClient.connect(proxy.port)) {
      RawResponse first = user.send(request.toString()).read();
      assertThat(first.status()).isEqualTo(200);
      assertThat(first.headers().hasToken("Connection", "close")).isEqualTo(closes && minor == 1);
      if (closes) {
        assertThat(user.read().end()).isEqualTo(RawResponse.End.CLOSED_EARLY);
      } else {
        assertThat(first.headers().hasToken("Connection", "keep-alive")).isEqualTo(minor == 0);
        assertThat(user.exchange(RawClient.get("/next")).status()).isEqualTo(200);
      }
    }
  }
}
