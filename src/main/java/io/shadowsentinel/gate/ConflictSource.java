package io.shadowsentinel.gate;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Where the conflicts of production are.
 *
 * @param file JSON Lines, as {@code conflicts.jsonl} and the dashboard's download are
 * @param requests a recording of requests, to find a conflict's by its id; null without
 * @param route whose conflicts count; null where the file has those of one route
 */
public record ConflictSource(Path file, @Nullable Path requests, @Nullable String route) {}
