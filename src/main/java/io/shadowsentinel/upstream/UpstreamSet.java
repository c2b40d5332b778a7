package io.shadowsentinel.upstream;

import io.shadowsentinel.table.Model;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The URLs of a model, in turn, as one side asks them: champion and challenger have sets of their
 * own, even of the same model. One that could not be connected to is left out for {@value
 * #EJECTED_SECONDS} s; when all are, they are tried all the same. Bound to one event loop.
 */
public final class UpstreamSet {
  static final long EJECTED_SECONDS = 5;
  private static final long EJECTED_NANOS = EJECTED_SECONDS * 1_000_000_000;

  /** How to speak to an upstream. */
  enum Protocol {
    HTTP,
    H2C,
    HTTPS
  }

  /** One URL of a model. */
  public static final class Upstream {
    final Protocol protocol;
    final String host;
    final int port;

    /** As a {@code Host} field spells it: no port where it is the scheme's own. */
    public final String authority;

    /** How its connections are secured, if it is {@code https}. */
    final ClientTls tls;

    /** Of the side that asks it; null until it is first asked. */
    public @Nullable ConnectionPool pool;

    private boolean ejected;
    private long ejectedUntilNanos;

    private Upstream(URI url, ClientTls tls) {
      this.tls = tls;
      protocol = Protocol.valueOf(url.getScheme().toUpperCase(Locale.ROOT));
      String named = url.getHost();
      host = named.startsWith("[") ? named.substring(1, named.length() - 1) : named;
      int scheme = protocol == Protocol.HTTPS ? 443 : 80;
      port = url.getPort() == -1 ? scheme : url.getPort();
      authority = port == scheme ? named : named + ":" + port;
    }

    private boolean isOut(long nowNanos) {
      if (ejected && nowNanos - ejectedUntilNanos >= 0) {
        ejected = false;
      }
      return ejected;
    }

    /** Leaves it out for a while. */
    public void eject(long nowNanos) {
      ejected = true;
      ejectedUntilNanos = nowNanos + EJECTED_NANOS;
    }

    @Override
    public String toString() {
      return authority;
    }
  }

  private final Upstream[] upstreams;
  private int turn;

  public UpstreamSet(Model model) {
    this(model.urls(), model.tls());
  }

  public UpstreamSet(List<URI> urls) {
    this(urls, ClientTls.DEFAULTS);
  }

  private UpstreamSet(List<URI> urls, ClientTls tls) {
    upstreams = urls.stream().map(url -> new Upstream(url, tls)).toArray(Upstream[]::new);
  }

  /** The next one whose turn it is. */
  public Upstream next(long nowNanos) {
    int first = turn;
    turn = (turn + 1) % upstreams.length;
    for (int i = 0; i < upstreams.length; i++) {
      Upstream candidate = upstreams[(first + i) % upstreams.length];
      if (!candidate.isOut(nowNanos)) {
        turn = (first + i + 1) % upstreams.length;
        return candidate;
      }
    }
    return upstreams[first];
  }

  public int size() {
    return upstreams.length;
  }
}
