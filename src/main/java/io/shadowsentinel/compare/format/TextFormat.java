package io.shadowsentinel.compare.format;

import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.json.Body;
import io.shadowsentinel.compare.json.UnreadableException;

/** Any text: one row, compared as it is. UTF-8, or Latin-1 where the media type says so. */
final class TextFormat implements Format {
  @Override
  public Reading read(Body body) throws UnreadableException {
    return GeneratedText.whole(body.readText());
  }
}
