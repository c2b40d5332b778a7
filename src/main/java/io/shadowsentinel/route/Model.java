package io.shadowsentinel.route;

import java.net.URI;
import java.util.List;

/**
 * A model behind one or more upstream URLs that are taken to be replicas of each other.
 *
 * @param name what people call it, unique within its route
 * @param urls where it answers, at least one: {@code http}, {@code https} or {@code h2c} (HTTP/2
 *     with prior knowledge), each with a host, without path, query or user
 */
public record Model(String name, List<URI> urls) {
  public Model {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("model " + name + ": no URL (expected at least one)");
    }
  }
}
