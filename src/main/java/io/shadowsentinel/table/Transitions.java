package io.shadowsentinel.table;

import static io.shadowsentinel.table.RouteState.PAUSED;
import static io.shadowsentinel.table.RouteState.PROMOTED;
import static io.shadowsentinel.table.RouteState.ROLLED_BACK;
import static io.shadowsentinel.table.RouteState.SHADOWING;

/**
 * The state machine of a route: pure functions from a route to the next one. A rollback is possible
 * from every state that mirrors or may mirror again, since it is what an operator reaches for in
 * need.
 */
public final class Transitions {
  private Transitions() {}

  private static final String NOTHING_ON_TRIAL = "there is no challenger on this route";

  /** Why a challenger that needs {@code mirror.patchBody} cannot answer users. */
  public static final String UNPATCHED =
      "mirror.patchBody is set: a promotion would send users' requests unpatched";

  /**
   * The challenger answers users, the champion becomes standby. From shadowing, or paused so; never
   * for a challenger that needs the request's body patched.
   */
  public static Transition promote(Route route) {
    if (route.promoted()) {
      return refused("already promoted");
    }
    return switch (route.state()) {
      case SHADOWING, PAUSED ->
          route.spec().mirror().rewrite().patchesBody()
              ? refused(UNPATCHED)
              : to(route, PROMOTED, true);
      case ROLLED_BACK -> refused("rolled back: restart the experiment first");
      case NO_CHALLENGER -> refused(NOTHING_ON_TRIAL);
      case PROMOTED -> refused("already promoted");
    };
  }

  /** The configured champion answers users, nothing is mirrored. */
  public static Transition rollback(Route route) {
    return switch (route.state()) {
      case SHADOWING, PROMOTED, PAUSED -> to(route, ROLLED_BACK, false);
      case ROLLED_BACK -> refused("already rolled back");
      case NO_CHALLENGER -> refused(NOTHING_ON_TRIAL);
    };
  }

  /** Nothing is mirrored until {@link #resume}; who answers users stays as it is. */
  public static Transition pause(Route route) {
    return switch (route.state()) {
      case SHADOWING, PROMOTED -> to(route, PAUSED, route.promoted());
      case PAUSED -> refused("already paused");
      case ROLLED_BACK -> refused("rolled back: nothing is mirrored that could be paused");
      case NO_CHALLENGER -> refused(NOTHING_ON_TRIAL);
    };
  }

  /** Back to what the route did before {@link #pause}. */
  public static Transition resume(Route route) {
    return switch (route.state()) {
      case PAUSED -> to(route, route.promoted() ? PROMOTED : SHADOWING, route.promoted());
      case SHADOWING, PROMOTED -> refused("not paused");
      case ROLLED_BACK -> refused("rolled back: restart the experiment instead");
      case NO_CHALLENGER -> refused(NOTHING_ON_TRIAL);
    };
  }

  /**
   * A new experiment on the same two models, from nothing.
   *
   * @param experiment the id of the new experiment, never used before
   */
  public static Transition restart(Route route, String experiment) {
    if (route.promoted()) {
      return refused("promoted: roll back first, or name the next challenger in the config");
    }
    return switch (route.state()) {
      case SHADOWING, PAUSED, ROLLED_BACK ->
          new Transition.To(Route.open(route.spec(), experiment));
      case NO_CHALLENGER -> refused(NOTHING_ON_TRIAL);
      case PROMOTED -> refused("promoted");
    };
  }

  /**
   * The route under another spec. The same two models keep state and experiment; any other pair,
   * compared by name and URLs as configured, begins anew. A promoted route is rolled back when its
   * spec comes to patch the challenger's bodies, for users' are sent unpatched.
   *
   * @param experiment the id of the experiment that is opened if need be
   */
  public static Route respecify(Route route, RouteSpec spec, String experiment) {
    if (!sameModels(route.spec(), spec)) {
      return Route.open(spec, experiment);
    }
    return route.promoted() && spec.mirror().rewrite().patchesBody()
        ? new Route(spec, ROLLED_BACK, false, route.experiment())
        : new Route(spec, route.state(), route.promoted(), route.experiment());
  }

  /** True when both name the same champion and the same challenger, with the same URLs. */
  public static boolean sameModels(RouteSpec one, RouteSpec other) {
    return Model.same(one.champion(), other.champion())
        && Model.same(one.challenger(), other.challenger());
  }

  private static Transition to(Route route, RouteState state, boolean promoted) {
    return new Transition.To(new Route(route.spec(), state, promoted, route.experiment()));
  }

  private static Transition refused(String why) {
    return new Transition.Refused(why);
  }
}
