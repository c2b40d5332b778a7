package io.shadowsentinel.admin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIOException;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.AppenderBase;
import io.shadowsentinel.admin.AdminToken.Role;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

class TokenBookTest {
  @TempDir private Path directory;

  private static TokenBook book(AdminToken... tokens) throws IOException {
    return TokenBook.load(List.of(tokens));
  }

  private AdminToken inFile(String content) throws IOException {
    return new AdminToken(
        "file", Role.VIEWER, null, Files.writeString(directory.resolve("token"), content));
  }

  @Test
  void token_isFoundAmongOthers_withItsRole() throws IOException {
    TokenBook book =
        book(
            new AdminToken("a", Role.VIEWER, "one", null),
            new AdminToken("b", Role.OPERATOR, "two", null));

    assertThat(book.find("one").name()).isEqualTo("a");
    assertThat(book.find("two").role()).isEqualTo(Role.OPERATOR);
    for (String other : List.of("", "on", "one ", "One", "onetwo")) {
      assertThat(book.find(other)).as(other).isNull();
    }
  }

  @Test
  void file_isReadWithoutItsLineEnd_andAgainWhenItChanges() throws IOException {
    TokenBook book = book(inFile("first\r\n"));
    assertThat(book.find("first")).isNotNull();

    assertThat(book.refresh()).isFalse();
    inFile("second");
    assertThat(book.refresh()).isTrue();
    assertThat(book.find("first")).isNull();
    assertThat(book.find("second")).isNotNull();
  }

  @Test
  void token_isKnown_whenTheLogSaysThatItWasRead() throws IOException {
    TokenBook book = book(inFile("first"));
    List<Boolean> known = new ArrayList<>();
    var listener =
        new AppenderBase<ILoggingEvent>() {
          @Override
          protected void append(ILoggingEvent event) {
            known.add(book.find("second") != null);
          }
        };
    Logger log = (Logger) LoggerFactory.getLogger(TokenBook.class);
    listener.start();
    log.addAppender(listener);
    try {
      inFile("second");
      book.refresh();
    } finally {
      log.detachAppender(listener);
    }

    assertThat(known).containsExactly(true);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " \n", "two words", "\u00e4"})
  void fileWithoutAToken_isAnErrorAtFirst_andLaterTheOneBeforeGoesOn(String content)
      throws IOException {
    TokenBook book = book(inFile("first"));
    AdminToken bad = inFile(content);
    book.refresh();
    assertThat(book.find("first")).isNotNull();
    assertThat(book.find(content.strip())).isNull();

    assertThatIOException().isThrownBy(() -> book(bad)).withMessageContaining("holds no token");
  }

  @Test
  void fileThatIsGone_leavesTheOneBefore() throws IOException {
    AdminToken token = inFile("first");
    TokenBook book = book(token);
    Files.delete(directory.resolve("token"));
    book.refresh();

    assertThat(book.find("first")).isNotNull();
    assertThatIOException().isThrownBy(() -> book(token));
  }

  @Test
  void fileThatIsLong_isNoToken() throws IOException {
    AdminToken most = inFile("x".repeat(TokenBook.MAX_FILE_BYTES));
    assertThat(book(most).find("x".repeat(TokenBook.MAX_FILE_BYTES))).isNotNull();

    AdminToken over = inFile("x".repeat(TokenBook.MAX_FILE_BYTES + 1));
    assertThatIOException().isThrownBy(() -> book(over));
  }

  @Test
  void tokenThatTwoHave_isTheViewers_whicheverComesFirst() throws IOException {
    AdminToken viewer = new AdminToken("v", Role.VIEWER, "same", null);
    AdminToken operator = new AdminToken("o", Role.OPERATOR, "same", null);

    assertThat(book(viewer, operator).find("same")).isEqualTo(viewer);
    assertThat(book(operator, viewer).find("same")).isEqualTo(viewer);
  }

  @Test
  void tokens_areNotShown() {
    assertThat(new AdminToken("a", Role.VIEWER, "hunter2", null).toString())
        .doesNotContain("hunter2");
  }
}
