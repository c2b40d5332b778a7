"""The arithmetic of the benchmark: medians, spreads, ratios, and when a JVM has settled. Pure."""

from __future__ import annotations

import statistics
from collections.abc import Mapping, Sequence
from typing import NamedTuple

Slice = Mapping[str, float]

# A JVM has settled when, in two slices in a row, its compilers used less than this share of a core ...
COMPILERS_QUIET = 0.05
# ... and the cost of a request differed by less than this share.
COSTS_AGREE = 0.10


class Spread(NamedTuple):
    """The median of some figures, with the smallest and the largest."""

    median: float
    low: float
    high: float

    @staticmethod
    def of(values: Sequence[float]) -> Spread | None:
        return Spread(statistics.median(values), min(values), max(values)) if values else None


def spread(slices: Sequence[Slice], key: str) -> Spread:
    """Of one figure over the turns."""
    found = Spread.of([seen[key] for seen in slices])
    if found is None:
        raise ValueError(f"no slice to take {key} of")
    return found


def median(slices: Sequence[Slice], key: str) -> float:
    return spread(slices, key).median


def ratios(slices: Sequence[Slice], reference: Sequence[Slice], key: str) -> list[float]:
    """
    A ratio for each turn, of two slices that were measured within seconds of each other.

    What the machine does at the time falls on both, so a ratio holds better than the figures it is made
    of; the median over many short turns holds better than the ratio of two medians.
    """
    return [a[key] / b[key] for a, b in zip(slices, reference) if b[key]]


def ratio(slices: Sequence[Slice], reference: Sequence[Slice], key: str) -> Spread | None:
    return Spread.of(ratios(slices, reference, key))


def added(slices: Sequence[Slice], reference: Sequence[Slice], straight: Sequence[Slice], key: str) -> Spread | None:
    """
    What a proxy adds to a request that goes straight to its upstream, against what another proxy adds.

    A turn in which the other one added nothing that could be measured says nothing, and is left out.
    """
    turns = zip(slices, reference, straight)
    return Spread.of([(a[key] - s[key]) / (b[key] - s[key]) for a, b, s in turns if b[key] > s[key]])


def settled(slices: Sequence[Slice]) -> bool:
    """True when the last two slices of a warm-up say that the JVM has compiled what it will compile."""
    if len(slices) < 2:
        return False
    before, last = slices[-2:]
    quiet = max(before["compilers"], last["compilers"]) < COMPILERS_QUIET
    return quiet and abs(last["cpu"] - before["cpu"]) <= COSTS_AGREE * before["cpu"]


def growth(samples: Sequence[tuple[float, float]]) -> dict[str, float]:
    """
    How resident memory went: (seconds, MiB) samples, of which the first half is start and warm-up.

    The growth is of a straight line through the second half, from its beginning to its end, as a share.
    """
    half = samples[len(samples) // 2:]
    if len(half) < 2:
        raise ValueError(f"{len(samples)} samples (expected 3 or more)")
    line = statistics.linear_regression([t for t, _ in half], [size for _, size in half])
    first = line.intercept + line.slope * half[0][0]
    last = line.intercept + line.slope * half[-1][0]
    return {"half": first, "end": last, "peak": max(size for _, size in samples), "growth": (last - first) / first}


def verdict(value: float, bar: float, goal: float, at_least: bool) -> str:
    """`goal`, `bar` or `missed`."""
    if at_least:
        value, bar, goal = -value, -bar, -goal
    return "goal" if value <= goal else "bar" if value <= bar else "missed"
