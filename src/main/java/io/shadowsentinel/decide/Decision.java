package io.shadowsentinel.decide;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonValue;
import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.table.RouteState;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * One line of the decision log: what was done to a route, on what evidence, by whom and why.
 *
 * @param seq 1 for the first line of a state directory, then one more each; never used twice
 * @param action what was done
 * @param experiment the experiment it was about, null when the route had none; for a restart the
 *     one that it ended
 * @param champion the name of the model that answered users when it was taken
 * @param challenger the name of the model on trial then (or on standby), null without one
 * @param from the state before
 * @param to the state after
 * @param by what kind of actor
 * @param who for an operator, the name of the token that was shown, or of the certificate; null
 *     when it is not known, and for every other actor
 * @param origin for an operator, where the call came from; else null
 * @param evidence that of {@code experiment} when it was taken
 * @param tableVersion the routing table's version that it made
 * @param formerly for a rename, what the route was called before; else null and left out
 */
public record Decision(
    long seq,
    Instant time,
    String route,
    @JsonProperty("decision") Action action,
    @Nullable String experiment,
    String champion,
    @Nullable String challenger,
    RouteState from,
    RouteState to,
    By by,
    @Nullable String who,
    String reason,
    @Nullable String origin,
    Evidence evidence,
    long tableVersion,
    @JsonInclude(JsonInclude.Include.NON_NULL) @Nullable String formerly) {

  /** A decision that leaves the route its name. */
  public Decision(
      long seq,
      Instant time,
      String route,
      Action action,
      @Nullable String experiment,
      String champion,
      @Nullable String challenger,
      RouteState from,
      RouteState to,
      By by,
      @Nullable String who,
      String reason,
      @Nullable String origin,
      Evidence evidence,
      long tableVersion) {
    this(
        seq,
        time,
        route,
        action,
        experiment,
        champion,
        challenger,
        from,
        to,
        by,
        who,
        reason,
        origin,
        evidence,
        tableVersion,
        null);
  }

  /** A decision of nobody that is known by name. */
  public Decision(
      long seq,
      Instant time,
      String route,
      Action action,
      @Nullable String experiment,
      String champion,
      @Nullable String challenger,
      RouteState from,
      RouteState to,
      By by,
      String reason,
      @Nullable String origin,
      Evidence evidence,
      long tableVersion) {
    this(
        seq,
        time,
        route,
        action,
        experiment,
        champion,
        challenger,
        from,
        to,
        by,
        null,
        reason,
        origin,
        evidence,
        tableVersion);
  }

  /** The fact that a decision is written down: from the decision verticle, to everyone. */
  public static final Channel<Decision> CHANNEL =
      new Channel<>("sentinel.decision", Decision.class);

  /**
   * The fact that a decision is in force though it could not be written down: a restart now would
   * undo it. When it is written, {@link #CHANNEL} tells so, as of any other.
   */
  public static final Channel<Decision> UNWRITTEN =
      new Channel<>("sentinel.decision.unwritten", Decision.class);

  /** What can be done to a route. {@code PROMOTE} and {@code ROLLBACK} decide an experiment. */
  public enum Action {
    PROMOTE,
    ROLLBACK,
    PAUSE,
    RESUME,
    RESTART,
    /** The config calls the route otherwise; what was decided for it goes with it. */
    RENAME;

    /** What an operator may ask for; a name is the config's to give. */
    public static final List<Action> OF_OPERATORS =
        List.of(PROMOTE, ROLLBACK, PAUSE, RESUME, RESTART);
  }

  /** Who took a decision; in JSON and metrics in lower case. */
  public enum By {
    AUTO,
    OPERATOR,
    /**
     * The config named another champion or challenger, which opens a new experiment, or patches the
     * requests of a promoted one, which rolls it back, or another name for a route.
     */
    CONFIG;

    @JsonValue
    public String label() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
