"""Makes tables, ratios and a chart of the slices."""

import statistics
from xml.sax.saxutils import escape

BEGIN, END = "<!-- begin: bench/run --write-docs -->", "<!-- end: bench/run --write-docs -->"


def median(slices, key):
    return statistics.median(seen[key] for seen in slices)


def ratio(slices, other, key):
    """The median of the ratios of the turns, each of two slices that were measured one after the other."""
    pairs = [(a[key], b[key]) for a, b in zip(slices, other, strict=False) if b[key]]
    return statistics.median(a / b for a, b in pairs) if pairs else None


def summary(results):
    """A row for each case of the load groups."""
    rows = []
    for group, targets in results.items():
        if not group.startswith(("small", "1 MiB", "challengers")):
            continue
        reference = targets.get("nginx forward")
        for name, slices in targets.items():
            row = {key: median(slices, key) for key in ("rps", "p50", "p99", "p999", "cpu", "rss", "foreign")}
            row.update(group=group, name=name, errors=sum(seen["errors"] for seen in slices))
            row["cpuRatio"] = ratio(slices, reference, "cpu") if reference and row["cpu"] else None
            row["rpsRatio"] = ratio(slices, reference, "rps") if reference else None
            rows.append(row)
    return rows


def goals(results):
    """What was to be reached, for the oldest JDK that was measured: ratios within one turn, medians over turns."""
    out = []

    def add(what, bar, goal, value, unit="", least=False):
        if value is None:
            return
        reaches = (lambda limit: value >= limit) if least else (lambda limit: value <= limit)
        result = "goal" if reaches(goal) else "bar" if reaches(bar) else "missed"
        out.append({"what": what, "bar": bar, "goal": goal, "measured": value, "unit": unit, "least": least,
                    "result": result})

    small = results.get("small, 32")
    if small:
        forward = next(v for k, v in small.items() if k.startswith("sentinel forward"))
        mirror = next(v for k, v in small.items() if k.startswith("sentinel mirror, digits"))
        add("forward only, CPU against nginx forward", 1.6, 1.2, ratio(forward, small["nginx forward"], "cpu"))
        add("mirror + compare, CPU against nginx forward", 2.8, 2.0, ratio(mirror, small["nginx forward"], "cpu"))
        add("mirror + compare, throughput against nginx mirror", 1.5, 2.5, ratio(mirror, small["nginx mirror"], "rps"),
            least=True)
        add("RSS at 32 connections", 300, 150, median(mirror, "rss"), " MiB")
    single = results.get("small, 1")
    if single:
        mirror = next(v for k, v in single.items() if k.startswith("sentinel mirror, digits"))
        added = [
            (m["p50"] - s["p50"]) / (n["p50"] - s["p50"])
            for m, n, s in zip(mirror, single["nginx forward"], single["straight to the upstream"], strict=False)
        ]
        add("p50 added at one connection, mirror + compare against nginx forward's", 1.5, 1.0,
            statistics.median(added))
    bad = next((v for k, v in results.items() if k.startswith("challengers")), None)
    if bad:
        for name in ("2 s slow", "silent", "refusing", "resetting"):
            add(f"throughput, challenger {name}, against none", 0.65, 0.9,
                ratio(bad[name], bad["no challenger"], "rps"), least=True)
    fixed = results.get("fixed rate")
    if fixed:
        for name in ("2 s slow", "silent", "refusing", "resetting"):
            add(f"user's p99 at half of saturation, challenger {name}, against none", 1.5, 1.05,
                ratio(fixed[name], fixed["no challenger"], "p99"))
    for group in ("1 MiB upload, 8", "1 MiB download, 8"):
        if group in results:
            forward = next(v for k, v in results[group].items() if k.startswith("sentinel forward"))
            add(f"{group[:-3]}, CPU against nginx forward", 3, 1.5, ratio(forward, results[group]["nginx forward"], "cpu"))
    if "comparison" in results:
        add("comparing a 10 KB pair of numbers", 180, 60,
            results["comparison"]["10000 B of numbers, different"][0]["micros"], " us")
    if "start" in results:
        add("start to first request served", 1.5, 0.5, median(next(iter(results["start"].values())), "seconds"), " s")
    return out


def number(value, digits=2):
    return "" if value is None else f"{value:.{digits}f}" if abs(value) < 10 else f"{value:,.0f}"


def cells(row):
    return [row["group"], row["name"], f"{row['rps']:,.0f}", f"{row['p50']:,.0f}", f"{row['p99']:,.0f}",
            f"{row['p999']:,.0f}", f"{row['cpu']:.1f}" if row["cpu"] else "", f"{row['rss']:.0f}" if row["rss"] else "",
            f"{row['foreign']:.0%}", number(row["cpuRatio"]), number(row["rpsRatio"]), str(row["errors"] or "")]


HEAD = ["case, connections", "server", "req/s", "p50 us", "p99 us", "p99.9 us", "CPU us/req", "RSS MiB", "foreign",
        "CPU / nginx", "req/s / nginx", "errors"]


def goal_cells(goal):
    sign = ">=" if goal["least"] else "<="
    unit = goal["unit"]
    return [goal["what"], f"{sign} {goal['bar']}{unit}", f"{goal['goal']}{unit}",
            number(goal["measured"]) + unit, goal["result"]]


def fixed_rows(results):
    return [
        [name, f"{median(s, 'rate'):,.0f}", f"{median(s, 'p50'):,.0f}", f"{median(s, 'p99'):,.0f}",
         f"{median(s, 'p999'):,.0f}", f"{median(s, 'lag99'):,.0f}", str(sum(x["failed"] for x in s))]
        for name, s in results.get("fixed rate", {}).items()
    ]


FIXED_HEAD = ["fixed rate, challenger", "req/s", "p50 us", "p99 us", "p99.9 us", "sent late, p99 us", "failed"]


def tables(results):
    slices = results["slices"]
    out = [(HEAD, [cells(row) for row in summary(slices)])]
    if "fixed rate" in slices:
        out.append((FIXED_HEAD, fixed_rows(slices)))
    if "comparison" in slices:
        out.append((["comparison", "us", "+-"], [[n, number(s[0]["micros"], 1), number(s[0]["error"], 1)]
                                                  for n, s in slices["comparison"].items()]))
    if "start" in slices:
        out.append((["start to first answer", "s"], [[n, number(median(s, "seconds"))] for n, s in slices["start"].items()]))
    if "memory" in slices:
        out.append((["memory at full rate", "req/s", "seconds", "RSS at half", "RSS at end", "peak MiB", "MiB a minute"],
                    [[n, f"{s[0]['rps']:,.0f}", s[0]["seconds"], f"{s[0]['first']:.0f}", f"{s[0]['last']:.0f}",
                      f"{s[0]['peak']:.0f}", f"{s[0]['perMinute']:+.2f}"] for n, s in slices["memory"].items()]))
    out.append((["goal", "bar", "goal", "measured", "reached"], [goal_cells(goal) for goal in results["goals"]]))
    return out


def text(results):
    return "\n\n".join(plain(head, rows) for head, rows in tables(results) if rows)


def plain(head, rows):
    rows = [[str(cell) for cell in row] for row in rows]
    widths = [max(len(row[i]) for row in [head, *rows]) for i in range(len(head))]
    lines = ["  ".join(f"{cell:<{w}}" if i < 2 else f"{cell:>{w}}" for i, (cell, w) in enumerate(zip(row, widths)))
             for row in [head, *rows]]
    return "\n".join(line.rstrip() for line in lines)


def markdown(results):
    machine = results["machine"]
    lines = [f"{results['date'][:10]}, {machine['cpu']}, {machine['cores']} cores, Linux {machine['kernel']},"
             f" {machine['nginx']}, {machine['haproxy'].split(' - ')[0]}; {results['rounds']} turns of"
             f" {results['seconds']} s, medians. `foreign` is the share of the machine that others used meanwhile.", ""]
    for head, rows in tables(results):
        if rows:
            right = ["---" if i < 1 else "---:" for i in range(len(head))]
            lines += ["| " + " | ".join(head) + " |", "| " + " | ".join(right) + " |"]
            lines += ["| " + " | ".join(str(cell) for cell in row) + " |" for row in rows] + [""]
    return "\n".join(lines)


def write_docs(results, docs):
    page = docs / "performance.md"
    before = page.read_text()
    head, rest = before.split(BEGIN)
    _, tail = rest.split(END)
    page.write_text(f"{head}{BEGIN}\n\n{markdown(results)}\n{END}{tail}")
    (docs / "performance.svg").write_text(chart(results["slices"]))


def chart(results):
    """CPU a request at 32 connections, as bars; readable on light and on dark ground."""
    group = results.get("small, 32") or {}
    bars = [(name, median(slices, "cpu"), median(slices, "rps")) for name, slices in group.items()
            if median(slices, "cpu")]
    width, row, left = 760, 30, 250
    height = row * len(bars) + 60
    longest = max((cpu for _, cpu, _ in bars), default=1)
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
           ' role="img" font-family="system-ui, sans-serif" font-size="13">',
           "<title>CPU microseconds a request at 32 connections, proxy process only; less is better</title>",
           '<style>text{fill:#444}@media(prefers-color-scheme:dark){text{fill:#ccc}}</style>',
           '<text x="10" y="22" font-weight="600">CPU microseconds a request at 32 connections'
           " (proxy process only; less is better)</text>"]
    for i, (name, cpu, rps) in enumerate(bars):
        y = 40 + row * i
        length = (width - left - 180) * cpu / longest
        colour = "#2f7de1" if name.startswith("sentinel") else "#8a94a3"
        out.append(f'<text x="{left - 10}" y="{y + 15}" text-anchor="end">{escape(name)}</text>'
                   f'<rect x="{left}" y="{y}" width="{length:.1f}" height="20" rx="3" fill="{colour}"/>'
                   f'<text x="{left + length + 8:.1f}" y="{y + 15}">{cpu:.1f} us, {rps:,.0f} req/s</text>')
    return "\n".join([*out, "</svg>"]) + "\n"
