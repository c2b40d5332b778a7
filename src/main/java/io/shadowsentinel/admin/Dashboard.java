package io.shadowsentinel.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Map;

/** The page for people: a few files of the jar, read once. On the event loop. */
final class Dashboard {

  /** No inline script or style, nothing from elsewhere, and no frame around it. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String FOLDER = "/dashboard/";

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, Page> pages = new LinkedHashMap<>();

  private record Page(String type, Buffer content) {}

  Dashboard() {
    add("/", "index.html");
    add("/dashboard.js", "dashboard.js");
    add("/dashboard.css", "dashboard.css");
    add("/favicon.svg", "favicon.svg");
  }

  /** The paths it answers. */
  Iterable<String> paths() {
    return pages.keySet();
  }

  /** Answers with the page at the path, one of {@link #paths()}. */
  void answer(RoutingContext ctx, String path) {
    Page page = pages.get(path);
    if (page == null) {
      throw new IllegalArgumentException(path + ": not a page");
    }
    ctx.response()
        .putHeader("Content-Security-Policy", POLICY)
        .putHeader("Cache-Control", "no-cache");
    Answers.send(ctx, 200, page.type(), page.content());
  }

  private void add(String path, String file) {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    try (InputStream in = Dashboard.class.getResourceAsStream(FOLDER + file)) {
      if (type == null || in == null) {
        throw new IllegalStateException(FOLDER + file + ": not in the jar, or of no known type");
      }
      pages.put(path, new Page(type, Buffer.buffer(in.readAllBytes())));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + FOLDER + file, e);
    }
  }
}
