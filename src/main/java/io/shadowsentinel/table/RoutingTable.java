package io.shadowsentinel.table;

import io.shadowsentinel.bus.Channel;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Which request goes to which model, at one moment.
 *
 * @param version 1 or more; every change makes the next one
 * @param routes in the order in which they are asked; names are unique
 */
public record RoutingTable(long version, List<Route> routes) {

  /** The fact that there is a new table: from the decision verticle, to every proxy. */
  public static final Channel<RoutingTable> CHANNEL =
      new Channel<>("sentinel.routing", RoutingTable.class);

  /**
   * Asks the decision verticle for the table as it is, after all that was sent to it before.
   * Answered with a {@link RoutingTable}.
   */
  public static final Channel<Query> CURRENT =
      new Channel<>("sentinel.routing.current", Query.class);

  /** The question of {@link #CURRENT}. */
  public record Query() {}

  public RoutingTable {
    routes = List.copyOf(routes);
    if (routes.stream().map(Route::name).distinct().count() != routes.size()) {
      throw new IllegalArgumentException(
          "route names are not unique: " + routes.stream().map(Route::name).toList());
    }
  }

  /** The route of that name. */
  public Optional<Route> route(String name) {
    return routes.stream().filter(route -> route.name().equals(name)).findFirst();
  }

  /** The next table, in which one route is another. */
  public RoutingTable with(String name, UnaryOperator<Route> change) {
    return new RoutingTable(
        version + 1,
        routes.stream().map(r -> r.name().equals(name) ? change.apply(r) : r).toList());
  }
}
