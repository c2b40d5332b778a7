package io.shadowsentinel.admin;

import io.shadowsentinel.bus.Channel;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Who may do what at the admin port. It can be replaced while the port is open.
 *
 * @param tokens names are unique; none lets everyone who reaches the port do everything
 * @param reads whether it takes a token to see routes, decisions, conflicts and events
 * @param metricsNeedToken whether it takes a token to see the metrics; default false
 * @param allowedHosts lower-case names by which browsers may call the port, beside {@code
 *     localhost}, addresses and the name that it is bound to; {@code *.example.org} is every name
 *     below
 */
public record AdminAccess(
    List<AdminToken> tokens, Reads reads, boolean metricsNeedToken, List<String> allowedHosts) {

  /**
   * Replaces what holds. Answered with a {@link Result}. Who listens to events is let go, and comes
   * back under the new rules.
   */
  public static final Channel<AdminAccess> CHANNEL =
      new Channel<>("sentinel.admin.access", AdminAccess.class);

  /** No tokens, and the defaults. */
  public static final AdminAccess DEFAULTS =
      new AdminAccess(List.of(), Reads.BY_HOST, false, List.of());

  /** Who shows the token that has no name of its own. */
  public static final String OPERATOR = "operator";

  /** Whether it takes a token to see something. */
  public enum Reads {
    OPEN,
    TOKEN,
    /** {@code OPEN} when only this machine reaches the port, else {@code TOKEN}. */
    BY_HOST
  }

  /** What became of a replacement. */
  public sealed interface Result {}

  /** It holds from now on. */
  public record Applied() implements Result {}

  /** What held before goes on. */
  public record NotApplied(String why) implements Result {}

  /**
   * @throws IllegalArgumentException when two tokens have one name
   */
  public AdminAccess {
    tokens = List.copyOf(tokens);
    allowedHosts = allowedHosts.stream().map(name -> name.toLowerCase(Locale.ROOT)).toList();
    Set<String> names = new HashSet<>();
    for (AdminToken token : tokens) {
      if (!names.add(token.name())) {
        throw new IllegalArgumentException(
            "admin.tokens: the name " + token.name() + " twice (expected each once)");
      }
    }
  }

  /** With one operator's token, or with none; else the defaults. */
  public static AdminAccess of(@Nullable String token) {
    return token == null
        ? DEFAULTS
        : new AdminAccess(
            List.of(new AdminToken(OPERATOR, AdminToken.Role.OPERATOR, token, null)),
            DEFAULTS.reads(),
            DEFAULTS.metricsNeedToken(),
            DEFAULTS.allowedHosts());
  }
}
