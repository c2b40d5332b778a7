package io.shadowsentinel.gate;

/**
 * A model beside a baseline, row by row.
 *
 * @param quality the baseline's
 * @param agreement on how many rows both gave the same label, or numbers within the tolerance
 * @param latency the baseline's
 */
public record Paired(
    GateReport.MeasuredFile baseline,
    Quality quality,
    Share agreement,
    PairedTest test,
    Latencies latency,
    LatencyRatio ratio) {}
