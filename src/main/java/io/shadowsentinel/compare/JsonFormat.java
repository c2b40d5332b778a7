package io.shadowsentinel.compare;

import java.util.List;

/** Any JSON: one row, in which every difference counts that the settings do not leave out. */
final class JsonFormat implements Format {
  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    return new Reading(document, Rows.plain(1), List.of(Part.whole(Path.ROOT, document)));
  }
}
