package io.shadowsentinel.admin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.RoutingContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The page for people: a few files of the jar, read once. On the event loop. */
final class Dashboard {

  /** No inline script or style, nothing from elsewhere, and no frame around it. */
  static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
          + "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

  private static final String FOLDER = "/dashboard/";
  private static final String UPLOT = "/META-INF/resources/webjars/uplot/1.6.30/dist/";

  private static final List<String> FILES =
      List.of(
          "dashboard.css",
          "favicon.svg",
          "main.js",
          "actions.js",
          "api.js",
          "cards.js",
          "charts.js",
          "conflicts.js",
          "decisions.js",
          "diff.js",
          "dom.js",
          "format.js",
          "insights.js",
          "overview.js",
          "route.js",
          "store.js",
          "stream.js",
          "words.js");

  private static final Map<String, String> TYPES =
      Map.of(
          "html", "text/html; charset=utf-8",
          "js", "text/javascript; charset=utf-8",
          "css", "text/css; charset=utf-8",
          "svg", "image/svg+xml");

  private final Map<String, Page> pages = new LinkedHashMap<>();

  private record Page(String type, String tag, Buffer content) {}

  Dashboard() {
    add("/", FOLDER + "index.html");
    FILES.forEach(file -> add("/" + file, FOLDER + file));
    add("/uplot.js", UPLOT + "uPlot.esm.js");
    add("/uplot.css", UPLOT + "uPlot.min.css");
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
    HttpServerResponse response =
        ctx.response()
            .putHeader("Content-Security-Policy", POLICY)
            // Asked for each time, so that a page never runs with the scripts of another version.
            .putHeader("Cache-Control", "no-cache")
            .putHeader("ETag", page.tag());
    if (isKnown(ctx.request().getHeader("If-None-Match"), page.tag())) {
      Answers.unchanged(response);
    } else {
      Answers.send(ctx, 200, page.type(), page.content());
    }
  }

  private static boolean isKnown(@Nullable String header, String tag) {
    return header != null && List.of(header.split(" *, *")).contains(tag);
  }

  private void add(String path, String file) {
    String type = TYPES.get(file.substring(file.lastIndexOf('.') + 1));
    try (InputStream in = Dashboard.class.getResourceAsStream(file)) {
      if (type == null || in == null) {
        throw new IllegalStateException(file + ": not in the jar, or of no known type");
      }
      byte[] content = in.readAllBytes();
      pages.put(path, new Page(type, tag(content), Buffer.buffer(content)));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot read " + file, e);
    }
  }

  private static String tag(byte[] content) {
    try {
      byte[] hash = MessageDigest.getInstance("SHA-256").digest(content);
      return '"' + HexFormat.of().formatHex(hash, 0, 12) + '"';
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
