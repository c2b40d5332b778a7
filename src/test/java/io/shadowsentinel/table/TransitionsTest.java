package io.shadowsentinel.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TransitionsTest {

  private static final Map<String, Function<Route, Transition>> ACTIONS =
      Map.of(
          "promote", Transitions::promote,
          "rollback", Transitions::rollback,
          "pause", Transitions::pause,
          "resume", Transitions::resume,
          "restart", route -> Transitions.restart(route, "e2"));

  /** State before (with + when promoted), action, state after or a word of the refusal. */
  @ParameterizedTest
  @CsvSource({
    "SHADOWING,     promote,  PROMOTED+",
    "SHADOWING,     rollback, ROLLED_BACK",
    "SHADOWING,     pause,    PAUSED",
    "SHADOWING,     resume,   not paused",
    "SHADOWING,     restart,  SHADOWING",
    "PROMOTED+,     promote,  already promoted",
    "PROMOTED+,     rollback, ROLLED_BACK",
    "PROMOTED+,     pause,    PAUSED+",
    "PROMOTED+,     resume,   not paused",
    "PROMOTED+,     restart,  roll back first",
    "ROLLED_BACK,   promote,  rolled back",
    "ROLLED_BACK,   rollback, already rolled back",
    "ROLLED_BACK,   pause,    rolled back",
    "ROLLED_BACK,   resume,   rolled back",
    "ROLLED_BACK,   restart,  SHADOWING",
    "PAUSED,        promote,  PROMOTED+",
    "PAUSED,        rollback, ROLLED_BACK",
    "PAUSED,        pause,    already paused",
    "PAUSED,        resume,   SHADOWING",
    "PAUSED,        restart,  SHADOWING",
    "PAUSED+,       promote,  already promoted",
    "PAUSED+,       rollback, ROLLED_BACK",
    "PAUSED+,       pause,    already paused",
    "PAUSED+,       resume,   PROMOTED+",
    "PAUSED+,       restart,  name the next challenger in the config",
    "NO_CHALLENGER, promote,  no challenger",
    "NO_CHALLENGER, rollback, no challenger",
    "NO_CHALLENGER, pause,    no challenger",
    "NO_CHALLENGER, resume,   no challenger",
    "NO_CHALLENGER, restart,  no challenger",
  })
  void transition_fromEveryState_isAsTheContractSays(String from, String action, String expected) {
    Route before = route(from);

    Transition result = ACTIONS.get(action).apply(before);

    if (expected.equals(expected.toUpperCase(Locale.ROOT))) {
      Route after = ((Transition.To) result).route();
      assertThat(after.state() + (after.promoted() ? "+" : "")).isEqualTo(expected);
      assertThat(after.experiment()).isEqualTo(action.equals("restart") ? "e2" : "e1");
      assertThat(after.spec()).isEqualTo(before.spec());
    } else {
      assertThat(((Transition.Refused) result).why()).contains(expected);
    }
  }

  @Test
  void promotion_swapsRoles_andRollbackPutsTheFormerChampionBack() {
    Route promoted = ((Transition.To) Transitions.promote(route("SHADOWING"))).route();

    assertThat(promoted.champion().name()).isEqualTo("v2");
    assertThat(promoted.standby()).isEqualTo(model("v1"));
    assertThat(promoted.mirrorTarget()).isEqualTo(model("v1"));
    assertThat(promoted.comparisonScope()).isEqualTo("e1-watch");

    Route back = ((Transition.To) Transitions.rollback(promoted)).route();
    assertThat(back.champion().name()).isEqualTo("v1");
    assertThat(back.standby()).isNull();
    assertThat(back.mirrorTarget()).isNull();
  }

  @Test
  void respecify_sameModels_keepsStateAndExperiment() {
    Route promoted = route("PROMOTED+");
    RouteSpec other = spec(Match.path("/other/"), model("v1"), model("v2"));

    Route after = Transitions.respecify(promoted, other, "e2");

    assertThat(after).isEqualTo(new Route(other, RouteState.PROMOTED, true, "e1"));
  }

  @Test
  void respecify_anotherUrl_opensAnExperiment() {
    Model moved = new Model("v2", List.of(URI.create("http://elsewhere:1")));

    Route after =
        Transitions.respecify(route("PROMOTED+"), spec(Match.path("/"), model("v1"), moved), "e2");

    assertThat(after.state()).isEqualTo(RouteState.SHADOWING);
    assertThat(after.experiment()).isEqualTo("e2");
  }

  @Test
  void respecify_challengerGoneAndBack_closesAndOpens() {
    Route without =
        Transitions.respecify(route("PAUSED+"), spec(Match.path("/"), model("v1"), null), "e2");
    assertThat(without.state()).isEqualTo(RouteState.NO_CHALLENGER);
    assertThat(without.experiment()).isNull();

    Route again =
        Transitions.respecify(without, spec(Match.path("/"), model("v1"), model("v3")), "e3");
    assertThat(again.state()).isEqualTo(RouteState.SHADOWING);
    assertThat(again.experiment()).isEqualTo("e3");
  }

  @ParameterizedTest
  @CsvSource({"SHADOWING", "PAUSED"})
  void promote_ofAChallengerWhoseBodiesArePatched_isRefused(String from) {
    Transition result =
        Transitions.promote(new Route(patching(), route(from).state(), false, "e1"));

    assertThat(((Transition.Refused) result).why())
        .contains("mirror.patchBody", "users' requests unpatched");
  }

  @Test
  void promote_ofAChallengerWithOtherRules_takesThemAlong() {
    RequestRewrite rules = new RequestRewrite(Map.of("X-Model", "2"), null, null);
    RouteSpec spec = with(rules);
    Route shadowing = new Route(spec, RouteState.SHADOWING, false, "e1");
    assertThat(shadowing.championRewrite()).isEqualTo(RequestRewrite.NONE);
    assertThat(shadowing.mirrorRewrite()).isEqualTo(rules);

    Route promoted = ((Transition.To) Transitions.promote(shadowing)).route();

    assertThat(promoted.championRewrite()).isEqualTo(rules);
    assertThat(promoted.mirrorRewrite()).isEqualTo(RequestRewrite.NONE);
  }

  @ParameterizedTest
  @CsvSource({"PROMOTED+, ROLLED_BACK", "PAUSED+, ROLLED_BACK", "SHADOWING, SHADOWING"})
  void respecify_toPatchedBodies_rollsBackWhatIsPromoted(String from, RouteState expected) {
    Route after = Transitions.respecify(route(from), patching(), "e2");

    assertThat(after).isEqualTo(new Route(patching(), expected, false, "e1"));
  }

  private static RouteSpec patching() {
    return with(new RequestRewrite(Map.of(), null, "[{\"op\":\"remove\",\"path\":\"/a\"}]"));
  }

  private static RouteSpec with(RequestRewrite rules) {
    return new RouteSpec(
        "digits",
        Match.path("/"),
        model("v1"),
        model("v2"),
        RouteSpec.DEFAULT_TIMEOUT,
        RouteSpec.DEFAULT_CONNECT_TIMEOUT,
        MirrorSettings.DEFAULTS.withRewrite(rules));
  }

  private static Route route(String text) {
    boolean promoted = text.endsWith("+");
    RouteState state = RouteState.valueOf(promoted ? text.substring(0, text.length() - 1) : text);
    boolean none = state == RouteState.NO_CHALLENGER;
    RouteSpec spec = spec(Match.path("/"), model("v1"), none ? null : model("v2"));
    return new Route(spec, state, promoted, none ? null : "e1");
  }

  private static RouteSpec spec(Match match, Model champion, @Nullable Model challenger) {
    return new RouteSpec(
        "digits",
        match,
        champion,
        challenger,
        RouteSpec.DEFAULT_TIMEOUT,
        RouteSpec.DEFAULT_CONNECT_TIMEOUT,
        MirrorSettings.DEFAULTS);
  }

  private static Model model(String name) {
    return new Model(name, List.of(URI.create("http://" + name + ":9000")));
  }
}
