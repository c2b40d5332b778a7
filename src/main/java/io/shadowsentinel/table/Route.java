package io.shadowsentinel.table;

import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One row of the routing table: a {@link RouteSpec}, and what decisions have made of it.
 *
 * @param spec what the operator wrote
 * @param state what is done with the challenger
 * @param promoted true when the challenger answers users, and the former champion is standby; holds
 *     in {@link RouteState#PROMOTED}, and in {@link RouteState#PAUSED} when paused from there
 * @param experiment the id of the experiment that is running, or that was decided last; null
 *     without a challenger
 */
public record Route(
    RouteSpec spec, RouteState state, boolean promoted, @Nullable String experiment) {

  public Route {
    if ((spec.challenger() == null) != (state == RouteState.NO_CHALLENGER)) {
      throw new IllegalArgumentException(
          "route " + spec.name() + ": state " + state + " with challenger " + spec.challenger());
    }
    if ((experiment == null) != (state == RouteState.NO_CHALLENGER)) {
      throw new IllegalArgumentException(
          "route " + spec.name() + ": state " + state + " with experiment " + experiment);
    }
    boolean mayBePromoted = state == RouteState.PROMOTED || state == RouteState.PAUSED;
    if (promoted ? !mayBePromoted : state == RouteState.PROMOTED) {
      throw new IllegalArgumentException(
          "route " + spec.name() + ": state " + state + " with promoted " + promoted);
    }
  }

  /** A route at its beginning: shadowing when it has a challenger. */
  public static Route open(RouteSpec spec, String experiment) {
    return spec.challenger() == null
        ? new Route(spec, RouteState.NO_CHALLENGER, false, null)
        : new Route(spec, RouteState.SHADOWING, false, experiment);
  }

  public String name() {
    return spec.name();
  }

  /** The model whose answer users get now. */
  public Model champion() {
    return promoted ? Objects.requireNonNull(spec.challenger()) : spec.champion();
  }

  /** The model on trial: null without one, and once it has become the champion. */
  public @Nullable Model challenger() {
    return promoted ? null : spec.challenger();
  }

  /** The former champion, after a promotion; else null. */
  public @Nullable Model standby() {
    return promoted ? spec.champion() : null;
  }

  /** The model that gets copies of requests now, or null when nothing is mirrored. */
  public @Nullable Model mirrorTarget() {
    return switch (state) {
      case SHADOWING -> challenger();
      case PROMOTED -> standby();
      case ROLLED_BACK, PAUSED, NO_CHALLENGER -> null;
    };
  }

  /**
   * What users' requests have otherwise on their way to {@link #champion()}: the rules were written
   * for the challenger, and go with it when it is promoted.
   */
  public RequestRewrite championRewrite() {
    return promoted ? spec.mirror().rewrite() : RequestRewrite.NONE;
  }

  /** What copies have otherwise on their way to {@link #mirrorTarget()}; nothing for a standby. */
  public RequestRewrite mirrorRewrite() {
    return promoted ? RequestRewrite.NONE : spec.mirror().rewrite();
  }

  /**
   * The id under which comparisons made now are counted. After a promotion the roles are swapped,
   * so they belong to a watch of the standby and not to the experiment that was decided.
   */
  public @Nullable String comparisonScope() {
    return promoted ? watchOf(Objects.requireNonNull(experiment)) : experiment;
  }

  /** The scope of comparisons made after {@code experiment} was decided by a promotion. */
  public static String watchOf(String experiment) {
    return experiment + "-watch";
  }
}
