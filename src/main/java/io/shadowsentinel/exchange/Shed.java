package io.shadowsentinel.exchange;

/** A number of eligible requests, more than 0, that brought no pair, for one reason. */
public record Shed(String route, String scope, ShedReason reason, long count) {}
