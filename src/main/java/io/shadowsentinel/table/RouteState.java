package io.shadowsentinel.table;

/** What a route does with its challenger. The names are part of the product's contract. */
public enum RouteState {
  /** Mirroring to the challenger, undecided. */
  SHADOWING,
  /** The challenger answers users; the former champion is standby and is mirrored in its place. */
  PROMOTED,
  /** The champion answers; nothing is mirrored. */
  ROLLED_BACK,
  /** Nothing is mirrored; the evidence is kept. */
  PAUSED,
  /** The route forwards only. */
  NO_CHALLENGER
}
