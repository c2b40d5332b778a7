package io.shadowsentinel.config;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.decide.DecideSettings;
import io.shadowsentinel.table.RouteSpec;

/**
 * One route of the configuration, in the parts that the proxy, the comparison and the rule take.
 */
public record RouteConfig(RouteSpec spec, CompareSettings compare, DecideSettings decide) {}
