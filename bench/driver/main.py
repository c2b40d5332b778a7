"""The command line of bench/run."""

from __future__ import annotations

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import tempfile

from . import cases, machine, report, servers

GROUPS = ("small", "large", "bad", "open", "startup", "compare", "memory")


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures Shadow Sentinel beside nginx and haproxy, in turns, in one run: some 45 minutes.",
    )
    parser.add_argument("--rounds", type=int, default=8, help="turns of each case (default 8)")
    parser.add_argument("--seconds", type=int, default=2, help="of a slice (default 2)")
    parser.add_argument("--warm-up", type=int, default=40, metavar="SECONDS",
                        help="for each route of a JVM, at most; less where it has settled (default 40)")
    parser.add_argument("--open-seconds", type=int, default=5, help="of a slice at a fixed rate (default 5)")
    parser.add_argument("--memory", type=float, default=3, metavar="MINUTES",
                        help="of the memory case (default 3; 30 for a judgement)")
    parser.add_argument("--jdk", action="append", metavar="HOME", help="a Java home; may be repeated"
                        " (default: the oldest from 17 on and the newest in /usr/lib/jvm)")
    parser.add_argument("--beside", metavar="CHECKOUT", type=pathlib.Path,
                        help="a checkout of another commit, measured in the same turns in small, bad and open")
    parser.add_argument("--cases", default=",".join(GROUPS), help=f"some of {','.join(GROUPS)} (default: all)")
    parser.add_argument("--quick", action="store_true",
                        help="one short turn of each, in 4 minutes: does it work, not how fast is it")
    parser.add_argument("--out", default=str(machine.HOME / "target/bench-results"), metavar="DIR",
                        help="where results.json and results.svg go (default target/bench-results)")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--earlier", metavar="FILE", type=pathlib.Path,
                        help="results.json of an earlier run, for the cases that are not measured in this one")
    parser.add_argument("--check", action="store_true", help="end with 1 when a bar is missed")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    unknown = set(options.cases) - set(GROUPS)
    if unknown:
        parser.error(f"--cases: {', '.join(sorted(unknown))} (expected some of {', '.join(GROUPS)})")
    if options.quick:
        options.rounds, options.seconds, options.warm_up, options.open_seconds = 1, 1, 4, 1
        options.memory = 0.2
    for name in ("rounds", "seconds", "warm_up", "open_seconds", "memory"):
        if getattr(options, name) <= 0:
            parser.error(f"--{name.replace('_', '-')}: {getattr(options, name)} (expected more than 0)")
    options.jdks = {home: machine.jdk_version(home) for home in options.jdk} if options.jdk else machine.jdks()
    options.jdks = dict(sorted(options.jdks.items(), key=lambda jdk: jdk[1]))
    if not options.jdks or min(options.jdks.values()) < 17:
        parser.error("--jdk: no JDK from 17 on (expected a Java home, as in /usr/lib/jvm/java-17-openjdk-amd64)")
    if len(set(options.jdks.values())) < len(options.jdks):
        parser.error("--jdk: two of the same version (expected one of each)")
    if options.beside and not (options.beside / "sentinel").exists():
        parser.error(f"--beside {options.beside}: no launcher there (expected a checkout of Shadow Sentinel)")
    try:
        options.earlier = json.loads(options.earlier.read_text()) if options.earlier else None
    except (OSError, ValueError) as unreadable:
        parser.error(f"--earlier {options.earlier}: {unreadable} (expected results.json of a run)")
    return options


def build(jdks: dict[str, int], homes: list[pathlib.Path]) -> str:
    """The jars, by their launchers; an archive for each JDK; and the Java part of the benchmark, of which the class path."""
    oldest = next(iter(jdks))
    for home in homes:
        for jdk in jdks:
            environment = {**os.environ, "SENTINEL_JAVA_HOME": jdk}
            subprocess.run([home / "sentinel", "make-archive"], check=True, env=environment)
    subprocess.run(
        ["mvn", "-q", "-B", "-ntp", "-Pbench", "-Dspotless.check.skip=true"],
        check=True, cwd=machine.HOME, env={**os.environ, "JAVA_HOME": oldest},
    )
    target = machine.HOME / "target/bench"
    return f"{target}/classes:{(target / 'classpath').read_text().strip()}"


def measure(run: cases.Run, groups: list[str]) -> dict:
    """Runs the groups, in their order, and gives what each Shadow Sentinel had counted in the end."""
    try:
        run.prepare()
        for group in GROUPS:
            if group in groups:
                print(f"{group}:", flush=True)
                getattr(run, group)()
        run.stop_sentinels()
        return run.counted
    finally:
        run.stack.stop()
        servers.remove(run.directory)


def main() -> int:
    options = parse()
    machine.install_tools()
    options.homes = {"": machine.HOME}
    if options.beside:
        options.homes[f", {machine.commit(options.beside)}"] = options.beside.resolve()
    classpath = build(options.jdks, list(options.homes.values()))
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sentinel-bench."))
    directory.chmod(0o755)  # nginx's workers are somebody else
    run = cases.Run(options, directory, classpath)
    started = datetime.datetime.now(datetime.timezone.utc)
    counted = measure(run, options.cases)
    results = {
        "date": started.isoformat(timespec="seconds"),
        "machine": {**machine.describe(), "jdks": [machine.jdk_name(home) for home in options.jdks]},
        "rounds": options.rounds,
        "seconds": options.seconds,
        "again": run.again,
        "beside": list(options.homes)[1] if options.beside else "",
        "warmUp": run.warmed,
        "comparisons": counted,
        "slices": run.results,
    }
    if options.earlier:
        report.add_earlier(results, options.earlier)
    results["goals"] = report.goals(results["slices"])
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (out / "results.svg").write_text(report.chart(results["slices"]))
    print(f"\n{report.caption(results)}\n\n{report.text(results)}")
    print(f"\nall slices: {out}/results.json, chart: {out}/results.svg")
    if run.errors:
        print(f"\n{run.errors} requests failed: these figures say nothing (see the slices marked ERRORS)", file=sys.stderr)
        return 1
    if options.write_docs:
        report.write_docs(results, machine.HOME / "docs")
    return 1 if options.check and any(goal["result"] == "missed" for goal in results["goals"]) else 0
