package io.shadowsentinel.table;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonIgnoreProperties;
import com.fasterxml.jackson.annotation.JsonProperty;
import io.shadowsentinel.tls.ClientTls;
import java.net.URI;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A model behind one or more upstream URLs that are taken to be replicas of each other.
 *
 * @param name what people call it, unique within its route
 * @param urls where it answers, at least one: {@code http}, {@code https} or {@code h2c} (HTTP/2
 *     with prior knowledge), each with a host, without path, query or user
 * @param tls how connections to the {@code https} ones are secured; the config's to say, and no
 *     part of JSON: neither the API nor the state files tell where keys are
 */
@JsonIgnoreProperties("tls")
public record Model(String name, List<URI> urls, ClientTls tls) {

  /** A model whose certificates, if it has any, are for its URLs and known to the JVM. */
  @JsonCreator
  public Model(@JsonProperty("name") String name, @JsonProperty("urls") List<URI> urls) {
    this(name, urls, ClientTls.DEFAULTS);
  }

  public Model {
    urls = List.copyOf(urls);
    if (urls.isEmpty()) {
      throw new IllegalArgumentException("model " + name + ": no URL (expected at least one)");
    }
  }

  /** True when both have the same name and URLs, however they are secured. */
  public static boolean same(@Nullable Model one, @Nullable Model other) {
    if (one == null || other == null) {
      return one == null && other == null;
    }
    return one.name.equals(other.name) && one.urls.equals(other.urls);
  }
}
