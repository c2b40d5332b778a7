package io.shadowsentinel.upstream;

import io.vertx.core.http.HttpMethod;

/** A connection to an upstream, of a {@link ConnectionPool}. Bound to one event loop. */
interface PooledConnection {
  /** A call over it; only while it has room for one. */
  UpstreamCall call(HttpMethod method, String target, UpstreamCall.Caller caller);

  /** Closes it at once, and breaks what goes over it. */
  void close();
}
