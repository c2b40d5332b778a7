"""Makes tables, ratios and a chart of the slices."""

from __future__ import annotations

import pathlib
from collections.abc import Iterator
from xml.sax.saxutils import escape

from . import stats
from .stats import Spread, median, ratio, spread

BEGIN, END = "<!-- begin: bench/run --write-docs -->", "<!-- end: bench/run --write-docs -->"
LOADS = ("small", "1 MiB", "challengers")
BAD = ("2 s slow", "silent", "refusing", "resetting")

Results = dict[str, dict[str, list[dict]]]


def reference(targets: dict) -> list[dict]:
    """What the others of a group are set against."""
    return targets.get("nginx forward") or targets["no challenger"]


def summary(results: Results) -> list[dict]:
    """A row for each case of the load groups."""
    rows = []
    for group, targets in results.items():
        if not group.startswith(LOADS):
            continue
        for name, slices in targets.items():
            row = {key: spread(slices, key) for key in ("rps", "p50", "p99", "p999", "cpu", "rss", "foreign")}
            row.update(group=group, name=name, errors=sum(seen["errors"] for seen in slices))
            row["compared"] = median(slices, "compared") if "compared" in slices[0] else None
            row["cpuRatio"] = ratio(slices, reference(targets), "cpu") if row["cpu"].median else None
            row["rpsRatio"] = ratio(slices, reference(targets), "rps")
            rows.append(row)
    return rows


def first(targets: dict, start: str) -> list[dict]:
    """The slices of the first target of that name: the oldest JDK comes first, and the bars are for it."""
    return next(slices for name, slices in targets.items() if name.startswith(start))


def goals(results: Results) -> list[dict]:
    """What was to be reached, for the oldest JDK that was measured: ratios within one turn, medians over turns."""
    return [goal for goal in _goals(results) if goal is not None]


def _goal(what: str, bar: float, goal: float, found: Spread | float | None, unit: str = "",
          at_least: bool = False) -> dict | None:
    if found is None:
        return None
    seen = found if isinstance(found, Spread) else Spread(found, found, found)
    return {"what": what, "bar": bar, "goal": goal, "unit": unit, "least": at_least, "measured": seen.median,
            "low": seen.low, "high": seen.high, "result": stats.verdict(seen.median, bar, goal, at_least)}


def _goals(results: Results) -> Iterator[dict | None]:
    small = results.get("small, 32")
    if small:
        forward, mirror = first(small, "sentinel forward"), first(small, "sentinel mirror, digits")
        nginx = small["nginx forward"]
        yield _goal("forward only, CPU against nginx forward", 1.6, 1.2, ratio(forward, nginx, "cpu"))
        yield _goal("mirror + compare, CPU against nginx forward", 2.8, 2.0, ratio(mirror, nginx, "cpu"))
        yield _goal("mirror + compare, throughput against nginx mirror", 1.5, 2.5,
                    ratio(mirror, small["nginx mirror"], "rps"), at_least=True)
    single = results.get("small, 1")
    if single:
        yield _goal("p50 added at one connection, mirror + compare against nginx forward's", 1.5, 1.0,
                    stats.added(first(single, "sentinel mirror, digits"), single["nginx forward"],
                                single["straight to the upstream"], "p50"))
    bad = next((v for k, v in results.items() if k.startswith("challengers")), {})
    for name in BAD if bad else ():
        yield _goal(f"throughput, challenger {name}, against none", 0.65, 0.9,
                    ratio(bad[name], bad["no challenger"], "rps"), at_least=True)
    fixed = results.get("fixed rate")
    for name in BAD if fixed else ():
        yield _goal(f"user's p99 at half of saturation, challenger {name}, against none", 1.5, 1.05,
                    ratio(fixed[name], fixed["no challenger"], "p99"))
    if small:
        yield _goal("RSS at 32 connections", 300, 150, spread(mirror, "rss"), " MiB")
    for group in ("1 MiB upload, 8", "1 MiB download, 8"):
        if group in results:
            yield _goal(f"{group[:-3]}, CPU against nginx forward", 3, 1.5,
                        ratio(first(results[group], "sentinel forward"), results[group]["nginx forward"], "cpu"))
    if "comparison" in results:
        yield _goal("comparing a 10 KB pair of numbers", 180, 60,
                    results["comparison"]["10000 B of numbers, different"][0]["micros"], " us")
    if "start" in results:
        yield _goal("start to first request served", 1.5, 0.5, spread(first(results["start"], "run"), "seconds"), " s")
    if "memory" in results:
        yield _goal("growth of RSS over the second half of the memory case", 5, 1,
                    100 * first(results["memory"], "JDK")[0]["growth"], " %")


# --- tables ---


def number(value: float, digits: int = 2) -> str:
    return f"{value:,.{digits}f}"


def spread_cell(seen: Spread | None, digits: int = 2) -> str:
    if seen is None:
        return ""
    return f"{number(seen.median, digits)} ({number(seen.low, digits)}..{number(seen.high, digits)})"


HEAD = ["case, connections", "server", "req/s", "p50 us", "p99 us", "p99.9 us", "CPU us/req", "RSS MiB", "compared",
        "foreign", "CPU, ratio", "req/s, ratio", "errors"]


def cells(row: dict) -> list[str]:
    return [row["group"], row["name"], spread_cell(row["rps"], 0), number(row["p50"].median, 0),
            number(row["p99"].median, 0), number(row["p999"].median, 0),
            spread_cell(row["cpu"], 1) if row["cpu"].median else "",
            number(row["rss"].median, 0) if row["rss"].median else "",
            "" if row["compared"] is None else f"{row['compared']:.0%}", f"{row['foreign'].median:.0%}",
            spread_cell(row["cpuRatio"]), spread_cell(row["rpsRatio"]), str(row["errors"] or "")]


FIXED_HEAD = ["fixed rate, challenger", "req/s", "p50 us", "p99 us", "p99.9 us", "p99, ratio", "sent late, p99 us",
              "errors"]


def fixed_rows(targets: dict) -> list[list[str]]:
    return [
        [name, number(median(s, "rate"), 0), spread_cell(spread(s, "p50"), 0), spread_cell(spread(s, "p99"), 0),
         number(median(s, "p999"), 0), spread_cell(ratio(s, reference(targets), "p99")),
         number(median(s, "lag99"), 0), str(sum(x["errors"] for x in s) or "")]
        for name, s in targets.items()
    ]


def goal_cells(goal: dict) -> list[str]:
    sign, unit = ">=" if goal["least"] else "<=", goal["unit"]
    seen = Spread(goal["measured"], goal["low"], goal["high"])
    digits = 2 if seen.median < 10 else 0
    found = spread_cell(seen, digits) if seen.low < seen.high else number(seen.median, digits)
    return [goal["what"], f"{sign} {goal['bar']}{unit}", f"{goal['goal']}{unit}", found + unit, goal["result"]]


def beside(slices: Results, suffix: str) -> Iterator[list[str]]:
    """What this checkout costs against another one, turn by turn."""
    for group, targets in slices.items():
        for name in targets:
            other = targets.get(name + suffix)
            if other and suffix:
                yield [group, name, *(spread_cell(ratio(targets[name], other, key), 3) for key in ("cpu", "rps", "p50"))]


def tables(results: dict) -> Iterator[tuple[list[str], list[list]]]:
    slices = results["slices"]
    yield ["what is to be reached", "bar", "goal", "measured", "reached"], [goal_cells(g) for g in results["goals"]]
    yield HEAD, [cells(row) for row in summary(slices)]
    suffix = results["beside"]
    yield ([f"against the checkout beside{suffix}", "server", "CPU, ratio", "req/s, ratio", "p50, ratio"],
           list(beside(slices, suffix)))
    yield FIXED_HEAD, fixed_rows(slices.get("fixed rate", {}))
    yield ["comparison", "us", "+-"], [[n, number(s[0]["micros"], 1), number(s[0]["error"], 1)]
                                       for n, s in slices.get("comparison", {}).items()]
    yield ["from the start", "s"], [[n, spread_cell(spread(s, "seconds"))] for n, s in slices.get("start", {}).items()]
    yield (["memory at full rate", "requests", "seconds", "RSS at half", "RSS at end", "growth", "peak MiB"],
           [[n, number(s[0]["requests"], 0), s[0]["seconds"], number(s[0]["half"], 0), number(s[0]["end"], 0),
             f"{s[0]['growth']:+.1%}", number(s[0]["peak"], 0)] for n, s in slices.get("memory", {}).items()])


def text(results: dict) -> str:
    return "\n\n".join(plain(head, rows) for head, rows in tables(results) if rows)


def plain(head: list[str], rows: list[list]) -> str:
    lines = [[str(cell) for cell in row] for row in [head, *rows]]
    widths = [max(len(row[i]) for row in lines) for i in range(len(head))]
    wordy = 2 if len(head) > 2 else 1
    return "\n".join(
        "  ".join(f"{cell:<{w}}" if i < wordy else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths))).rstrip()
        for row in lines
    )


def add_earlier(results: dict, earlier: dict) -> None:
    """Takes over the groups that were not measured again, and notes where they are from."""
    taken = {group: slices for group, slices in earlier["slices"].items() if group not in results["slices"]}
    older = [{**run, "groups": [group for group in run["groups"] if group in taken]}
             for run in earlier.get("earlier", [])]
    known = {group for run in older for group in run["groups"]}
    results["earlier"] = [
        *older,
        {"date": earlier["date"], "commit": earlier["machine"]["commit"], "rounds": earlier["rounds"],
         "seconds": earlier["seconds"], "groups": [group for group in taken if group not in known]},
    ]
    # In the order of a whole run, as far as there was one.
    results["slices"] = {**{group: results["slices"].get(group) or taken[group] for group in earlier["slices"]},
                         **results["slices"]}


def caption(results: dict) -> str:
    """What the tables were measured on, and how to read them."""
    at = results["machine"]
    return (f"{results['date'][:10]}, commit {at['commit']}: {at['cpu']}, {at['cores']} cores, {at['memoryGiB']} GiB,"
            f" Linux {at['kernel']}, {at['nginx']}, {at['haproxy'].split(' - ')[0]}, {at['wrk'].split(' Copy')[0]};"
            f" JDK {' and '.join(at['jdks'])}. {results['rounds']} turns of {results['seconds']} s each; medians over"
            f" the turns, with the smallest and the largest. {results['again']} slices were measured a second time"
            " because something else used the machine."
            + "".join(f" Of {older['date'][:10]}, commit {older['commit']}, with {older['rounds']} turns of"
                      f" {older['seconds']} s: {'; '.join(older['groups'])}."
                      for older in results.get("earlier", []) if older["groups"]))


def markdown(results: dict) -> str:
    out = [caption(results), ""]
    for head, rows in tables(results):
        if rows:
            out += ["| " + " | ".join(head) + " |", "| --- |" + " ---: |" * (len(head) - 1)]
            out += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]
    return "\n".join(out)


def write_docs(results: dict, docs: pathlib.Path) -> None:
    page = docs / "performance.md"
    before, rest = page.read_text().split(BEGIN)
    _, after = rest.split(END)
    page.write_text(f"{before}{BEGIN}\n\n{markdown(results)}\n{END}{after}")
    (docs / "performance.svg").write_text(chart(results["slices"]))


# --- chart ---

WIDTH, ROW, LEFT = 760, 26, 230


def chart(results: Results) -> str:
    """What a request costs, and what a bad challenger does to users; readable on light and on dark ground."""
    cost = {name: spread(slices, "cpu") for name, slices in results.get("small, 32", {}).items() if slices[0]["cpu"]}
    # A good challenger is left out: at half of what is forwarded, mirroring is near its own saturation.
    fixed = {f"challenger: {name.replace(' challenger', '')}": spread(slices, "p99")
             for name, slices in results.get("fixed rate", {}).items() if name != "good challenger"}
    panels = [
        ("CPU microseconds a request at 32 connections (proxy only; less is better)", cost,
         lambda name: name.startswith("sentinel"), 1),
        ("User's p99 at half of saturation, microseconds", fixed, lambda name: not name.endswith(": no"), 0),
    ]
    body, y = [], 0
    for title, bars, ours, digits in panels:
        if bars:
            body += panel(title, bars, ours, digits, y)
            y += 56 + ROW * len(bars)
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{y}" viewBox="0 0 {WIDTH} {y}" role="img"'
        ' font-family="system-ui, sans-serif" font-size="13">',
        "<title>Cost of a request, and what a bad challenger does to users</title>",
        "<style>text{fill:#444}line{stroke:#444}"
        "@media(prefers-color-scheme:dark){text{fill:#ccc}line{stroke:#ccc}}</style>",
        *body, "</svg>", ""])


def panel(title: str, bars: dict[str, Spread], ours, digits: int, top: int) -> list[str]:
    """Bars of medians, each with a line from the smallest to the largest turn, or to the edge."""
    # One turn that was disturbed must not make all bars invisible.
    longest = min(max(seen.high for seen in bars.values()), 2 * max(seen.median for seen in bars.values())) or 1
    scale = (WIDTH - LEFT - 80) / longest
    out = [f'<text x="10" y="{top + 24}" font-weight="600">{escape(title)}</text>']
    for i, (name, seen) in enumerate(bars.items()):
        y = top + 40 + ROW * i
        middle, high = y + 9, min(seen.high, longest)
        colour = "#2f7de1" if ours(name) else "#8a94a3"
        out += [
            f'<text x="{LEFT - 10}" y="{y + 13}" text-anchor="end">{escape(name)}</text>',
            f'<rect x="{LEFT}" y="{y}" width="{seen.median * scale:.1f}" height="18" rx="3" fill="{colour}"/>',
            f'<line x1="{LEFT + seen.low * scale:.1f}" y1="{middle}" x2="{LEFT + high * scale:.1f}" y2="{middle}"/>',
            f'<text x="{LEFT + high * scale + 8:.1f}" y="{y + 13}">{number(seen.median, digits)}</text>',
        ]
    return out
