package io.shadowsentinel.cli;

import com.fasterxml.jackson.databind.JsonNode;
import org.jspecify.annotations.Nullable;

/** What a running instance answered to a call of its admin API, or that it did not. */
public sealed interface AdminReply {

  /** 2xx. */
  record Ok(JsonNode body) implements AdminReply {}

  /**
   * A problem document.
   *
   * @param type its {@code type}, {@code about:blank} when it has none
   * @param state the route's state, where that is what forbids the call; else null
   */
  record Refusal(int status, String type, String detail, @Nullable String state)
      implements AdminReply {}

  /** No answer, or one that no instance of ours gives. */
  record Unreachable(String why) implements AdminReply {}
}
