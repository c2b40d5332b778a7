"""The command line of bench/run."""

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


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/run",
        description="Measures Shadow Sentinel beside nginx and haproxy, in turns, in one run.",
    )
    parser.add_argument("--rounds", type=int, default=5, help="turns of each case (default 5)")
    parser.add_argument("--seconds", type=int, default=3, help="of a slice (default 3)")
    parser.add_argument("--warm-up", type=int, default=40, metavar="SECONDS",
                        help="for each route of a JVM, at most; less where it has settled (default 40)")
    parser.add_argument("--open-seconds", type=int, default=8, help="of a slice at a fixed rate (default 8)")
    parser.add_argument("--memory", type=float, default=0, metavar="MINUTES", help="of the memory case (default: not run)")
    parser.add_argument("--jdk", action="append", metavar="HOME", help="a Java home; may be repeated"
                        " (default: the oldest from 17 on and the newest in /usr/lib/jvm)")
    parser.add_argument("--cases", default=",".join(g for g in GROUPS if g != "memory"),
                        help=f"some of {','.join(GROUPS)} (default: all but memory)")
    parser.add_argument("--quick", action="store_true", help="one short turn of each: does it work, not how fast is it")
    parser.add_argument("--out", default=str(machine.HOME / "target/bench-results"), metavar="DIR",
                        help="where results.json and results.svg go (default target/bench-results)")
    parser.add_argument("--write-docs", action="store_true", help="put the tables into docs/performance.md")
    parser.add_argument("--check", action="store_true", help="end with 1 when a bar is missed")
    options = parser.parse_args()
    options.cases = options.cases.split(",")
    unknown = set(options.cases) - set(GROUPS)
    if unknown:
        parser.error(f"--cases: {', '.join(sorted(unknown))} (expected some of {', '.join(GROUPS)})")
    if options.memory and "memory" not in options.cases:
        options.cases.append("memory")
    if "memory" in options.cases and not options.memory:
        options.memory = 5
    if "open" in options.cases and "bad" not in options.cases:
        parser.error("--cases: open needs bad, whose saturation it halves")
    if options.quick:
        options.rounds, options.seconds, options.warm_up, options.open_seconds = 1, 2, 6, 3
    options.jdks = {home: machine.jdk_version(home) for home in options.jdk} if options.jdk else machine.jdks()
    if not options.jdks or min(options.jdks.values()) < 17:
        parser.error("--jdk: no JDK from 17 on (expected a Java home, as in /usr/lib/jvm/java-17-openjdk-amd64)")
    return options


def build():
    """The jar, by the launcher; and the Java part of the benchmark."""
    for jdk in sorted(machine.jdks(), key=machine.jdks().get)[:1]:
        os.environ.setdefault("JAVA_HOME", jdk)
    subprocess.run([machine.HOME / "sentinel", "--version"], check=True, stdout=subprocess.DEVNULL)
    subprocess.run(
        ["mvn", "-q", "-B", "-ntp", "-Pbench", "-Dspotless.check.skip=true"], check=True, cwd=machine.HOME
    )
    target = machine.HOME / "target/bench"
    return f"{target}/classes:{(target / 'classpath').read_text().strip()}"


def main():
    options = parse()
    machine.install_tools()
    classpath = build()
    directory = tempfile.mkdtemp(prefix="sentinel-bench.")
    os.chmod(directory, 0o755)  # nginx's workers are somebody else
    run = cases.Run(options, directory, classpath)
    started = datetime.datetime.now(datetime.timezone.utc)
    try:
        run.prepare()
        for group in GROUPS:
            if group in options.cases:
                print(f"{group}:", flush=True)
                getattr(run, group)()
        counted = {f"JDK {v}": servers.comparisons(admin) for v, (_, _, admin) in run.sentinels.items()}
    finally:
        run.stack.stop()
        servers.remove(directory)
    results = {
        "date": started.isoformat(timespec="seconds"),
        "machine": machine.describe(),
        "rounds": options.rounds,
        "seconds": options.seconds,
        "comparisons": counted,
        "slices": run.results,
    }
    results["goals"] = report.goals(run.results)
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "results.json").write_text(json.dumps(results, indent=1) + "\n")
    (out / "results.svg").write_text(report.chart(run.results))
    print()
    print(report.text(results))
    print(f"\nall slices: {out}/results.json, chart: {out}/results.svg")
    if options.write_docs:
        report.write_docs(results, machine.HOME / "docs")
    if run.errors:
        print(f"\n{run.errors} requests failed: these figures say nothing (see the slices marked ERRORS)", file=sys.stderr)
        return 1
    return 1 if options.check and any(goal["result"] == "missed" for goal in results["goals"]) else 0
