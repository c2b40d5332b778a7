package io.shadowsentinel.config;

import io.shadowsentinel.compare.core.ConflictSettings;

/** Binds {@code conflicts}: what is kept of the answers where two models disagree. */
final class ConflictsBinder {
  private ConflictsBinder() {}

  static ConflictSettings conflicts(Section section) {
    ConflictSettings defaults = ConflictSettings.DEFAULTS;
    ConflictSettings settings =
        new ConflictSettings(
            section.flag("keepBodies", defaults.keepBodies()),
            (int)
                section.size(
                    "maxBody", defaults.maxBodyBytes(), 1, ConflictSettings.MAX_BODY_BYTES),
            CompareBinder.pointers(section.optional("redact")));
    section.end();
    return settings;
  }
}
