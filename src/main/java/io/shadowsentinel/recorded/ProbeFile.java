package io.shadowsentinel.recorded;

import io.shadowsentinel.config.RouteConfig;
import io.shadowsentinel.table.RouteIndex;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The first request for each route in a recording, in the format that {@code replay} reads. */
public final class ProbeFile {
  private static final int MAX_LINES = 10_000;
  private static final int MAX_LINE_BYTES = 64 << 20;

  private ProbeFile() {}

  /**
   * Reads as far as every route has a request.
   *
   * @throws BadLineException naming file and line, for one that holds no request
   */
  public static Map<String, RecordedRequest> read(Path file, List<RouteConfig> routes)
      throws IOException, BadLineException {
    RouteIndex<RouteConfig> index = RouteIndex.of(routes, route -> route.spec().match());
    Map<String, RecordedRequest> probes = new HashMap<>();
    try (InputStream in = Files.newInputStream(file);
        LineReader lines = new LineReader(in, MAX_LINE_BYTES)) {
      byte[] line = lines.next();
      while (line != null && lines.line() <= MAX_LINES && probes.size() < routes.size()) {
        if (lines.isTooLong()) {
          throw new BadLineException(
              file + ":" + lines.line() + ": longer than " + MAX_LINE_BYTES + " bytes");
        }
        if (!new String(line, StandardCharsets.UTF_8).isBlank()) {
          take(parsed(file, lines.line(), line), index, probes);
        }
        line = lines.next();
      }
    }
    return probes;
  }

  private static RecordedRequest parsed(Path file, long number, byte[] line)
      throws BadLineException {
    try {
      return RecordedRequestParser.parse(line);
    } catch (BadLineException e) {
      throw new BadLineException(file + ":" + number + ": " + e.getMessage());
    }
  }

  private static void take(
      RecordedRequest request,
      RouteIndex<RouteConfig> routes,
      Map<String, RecordedRequest> probes) {
    RouteConfig route =
        routes.find(request.method(), request.host(), request.path(), request::header);
    if (route != null) {
      probes.putIfAbsent(route.spec().name(), request);
    }
  }
}
