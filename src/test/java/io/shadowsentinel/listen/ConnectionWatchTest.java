package io.shadowsentinel.listen;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ConnectionWatchTest {
  private static final long PATIENCE = 100;

  private final EmbeddedChannel channel = new EmbeddedChannel();
  private final Waiting connection = new Waiting();
  private final ConnectionWatch watch = new ConnectionWatch(channel, wait -> PATIENCE, connection);

  private static final class Waiting implements ConnectionWatch.Watched {
    ConnectionWatch.Wait wait = ConnectionWatch.Wait.REQUEST;
    long round;
    final List<ConnectionWatch.Wait> timedOut = new ArrayList<>();

    @Override
    public ConnectionWatch.Wait waitsFor() {
      return wait;
    }

    @Override
    public long round() {
      return round;
    }

    @Override
    public void timedOut(ConnectionWatch.Wait what) {
      timedOut.add(what);
    }
  }

  @Test
  void wait_timesOut_afterItsPatience_countedFromWhenItWasSeen() {
    watch.sweep(1_000);
    watch.sweep(1_000 + PATIENCE - 1);
    assertThat(connection.timedOut).isEmpty();

    watch.sweep(1_000 + PATIENCE);
    assertThat(connection.timedOut).containsExactly(ConnectionWatch.Wait.REQUEST);
  }

  @Test
  void anotherWait_beginsAnew() {
    watch.sweep(1_000);
    connection.wait = ConnectionWatch.Wait.HEAD;
    watch.sweep(1_000 + PATIENCE);
    assertThat(connection.timedOut).isEmpty();

    watch.sweep(1_000 + 2 * PATIENCE);
    assertThat(connection.timedOut).containsExactly(ConnectionWatch.Wait.HEAD);
  }

  @Test
  void sameWait_afterARequestBetweenTwoLooks_beginsAnew() {
    watch.sweep(1_000);
    connection.round++;
    watch.sweep(1_000 + PATIENCE);

    assertThat(connection.timedOut).isEmpty();
  }

  @Test
  void nothing_isWaitedForWithoutEnd() {
    connection.wait = ConnectionWatch.Wait.NOTHING;
    watch.sweep(1_000);
    watch.sweep(Long.MAX_VALUE);

    assertThat(connection.timedOut).isEmpty();
  }

  @Test
  void nextProtocol_isAskedInstead() {
    Waiting next = new Waiting();
    next.wait = ConnectionWatch.Wait.NOTHING;
    watch.sweep(1_000);
    watch.on(next);
    watch.sweep(1_000 + PATIENCE);
    watch.sweep(1_000 + 3 * PATIENCE);

    assertThat(connection.timedOut).isEmpty();
    assertThat(next.timedOut).isEmpty();
  }
}
