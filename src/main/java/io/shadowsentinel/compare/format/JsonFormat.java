package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Part;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Path;
import io.shadowsentinel.compare.json.UnreadableException;
import java.util.List;

/** Any JSON: one row, in which every difference counts that the settings do not leave out. */
final class JsonFormat implements Format {
  @Override
  public Reading read(Body body) throws UnreadableException {
    Json document = body.readJson();
    return new Reading(document, Rows.plain(1), List.of(Part.whole(Path.ROOT, document)));
  }
}
