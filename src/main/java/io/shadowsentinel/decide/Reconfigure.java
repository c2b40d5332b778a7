package io.shadowsentinel.decide;

import io.shadowsentinel.bus.Channel;
import io.shadowsentinel.table.RouteSpec;
import java.util.List;
import java.util.Map;

/**
 * The routes as the config now has them. Answered with a {@link Result}.
 *
 * @param routes in table order
 * @param rules by route name, one for each route
 */
public record Reconfigure(List<RouteSpec> routes, Map<String, DecideSettings> rules) {

  public static final Channel<Reconfigure> CHANNEL =
      new Channel<>("sentinel.reconfigure", Reconfigure.class);

  /** It is written down and announced. */
  public record Applied(long tableVersion) implements Result {}

  /** It could not be written down, and may be later; the table is as it was. */
  public record NotStored(String why) implements Result {}

  /** It contradicts itself; the table is as it was. */
  public record NotApplied(String why) implements Result {}

  /** What became of it. */
  public sealed interface Result {}

  public Reconfigure {
    routes = List.copyOf(routes);
    rules = Map.copyOf(rules);
  }
}
