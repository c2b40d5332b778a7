"""
The soak: mixed traffic for an hour, challengers that go bad one after another, and a look at what the process
holds meanwhile.
"""

import argparse
import contextlib
import datetime
import json
import os
import pathlib
import statistics
import subprocess
import tempfile
import threading
import time

from . import load, machine, servers
from . import main as bench

# What of the run is left out: the heap fills, the compilers work, pools grow to their size.
WARM_UP = 1 / 3
# Growth over the rest that still passes for noise.
FLAT_MIB, FLAT_SHARE, FLAT_DESCRIPTORS = 8, 0.05, 8

# Some clients at once, and what each does between two requests, so that the machine is busy, not full.
TRAFFIC = {
    # name: (path, script, connections, pause in ms)
    "mirrored": ("/digits", "small", 8, 2),
    "changing": ("/changing", "small", 8, 2),
    "forwarded": ("/forward", "small", 4, 5),
    "upload": ("/digits/x", "upload", 1, 50),
    "download": ("/large/answer", "download", 1, 50),
    "reconnecting": ("/digits", "closing", 2, 10),
}
# Ends and begins again so often, midway in whatever is under way: users who leave.
SLICE_SECONDS = 20


def parse():
    parser = argparse.ArgumentParser(
        prog="bench/soak",
        description="Runs Shadow Sentinel under mixed traffic, with challengers that go bad one after another, and tells"
        " whether its memory and its file descriptors stay flat. Ends with 1 when they do not, or when a request failed.",
    )
    parser.add_argument("--minutes", type=float, default=60, metavar="N", help="how long (default 60)")
    parser.add_argument("--change", type=float, default=30, metavar="SECONDS",
                        help="until the next challenger comes, by a reload of the config (default 30)")
    parser.add_argument("--sample", type=float, default=5, metavar="SECONDS", help="between two looks (default 5)")
    parser.add_argument("--jdk", metavar="HOME", help="a Java home (default: the oldest from 17 on in /usr/lib/jvm)")
    parser.add_argument("--options", default="", metavar="FLAGS", help="flags of the JVM, beside the launcher's own")
    parser.add_argument("--out", default=str(machine.HOME / "target/bench-results"), metavar="DIR",
                        help="where soak.json goes (default target/bench-results)")
    options = parser.parse_args()
    if options.minutes <= 0:
        parser.error(f"--minutes: {options.minutes} (expected more than 0)")
    return options


def config(stack, port, admin, state, challenger):
    """Forwarded, mirrored, and a route whose challenger changes and is judged each time."""
    champion = f'{{ name: v1, urls: [ "http://127.0.0.1:{stack.champion}" ] }}'
    compare = "    compare: { format: json, label: /prediction, confidence: /probability }\n"

    def route(name, other, more):
        return (
            f"  - name: {name}\n    match: {{ path: /{name} }}\n    champion: {champion}\n"
            f'    challenger: {{ name: v2, urls: [ "http://127.0.0.1:{other}" ] }}\n{compare}{more}'
        )

    return (
        f"listen: {{ host: 127.0.0.1, port: {port} }}\nadmin: {{ host: 127.0.0.1, port: {admin} }}\n"
        f"state: {{ directory: {state} }}\nroutes:\n"
        f"  - name: forward\n    match: {{ path: /forward }}\n    champion: {champion}\n"
        f"  - name: large\n    match: {{ path: /large }}\n    champion: {champion}\n"
        + route("digits", stack.digits, "    mirror: { maxBody: 4MiB }\n    decide: { auto: false }\n")
        + route("changing", challenger, "    mirror: { timeout: 1s }\n    decide: { minRequests: 2000 }\n")
    )


def replace(path, text):
    beside = path.with_suffix(".next")
    beside.write_text(text)
    beside.rename(path)


def scripts(directory):
    """The scripts of the other benchmarks, with a pause before each request."""
    load.scripts(directory)
    small = (directory / "small.lua").read_text()
    (directory / "closing.lua").write_text('wrk.headers["Connection"]="close"\n' + small)
    for name, (_, script, _, pause) in TRAFFIC.items():
        text = (directory / f"{script}.lua").read_text()
        (directory / f"{name}.lua").write_text(f"delay = function() return {pause} end\n{text}")


class Client(threading.Thread):
    """One kind of traffic, in slices, each of which leaves in the middle of its last requests."""

    def __init__(self, name, port, directory, ended):
        super().__init__(name=name)
        self.path, _, self.connections, _ = TRAFFIC[name]
        self.port, self.script, self.ended = port, directory / f"{name}.lua", ended
        self.requests, self.errors, self.fault = 0, 0, None

    def run(self):
        while not self.ended.is_set():
            run = subprocess.run(
                ["wrk", "-t1", f"-c{self.connections}", f"-d{SLICE_SECONDS}s", "--timeout", "30s", "-s", self.script,
                 f"http://127.0.0.1:{self.port}{self.path}"],
                capture_output=True, text=True, check=False,
            )
            line = next((line for line in run.stdout.split("\n") if line.startswith("JSON ")), None)
            if line is None:
                self.fault = run.stdout + run.stderr
                return
            seen = json.loads(line[5:])
            self.requests += seen["requests"]
            self.errors += seen["errors"]


def look(pid, began):
    return {
        "seconds": round(time.monotonic() - began, 1),
        "rss": round(machine.rss_mb(pid), 1),
        "descriptors": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": len(os.listdir(f"/proc/{pid}/task")),
        "cpu": round(machine.cpu_seconds(pid), 1),
    }


def growth(samples, key):
    """What a value gains from the end of the warm-up to the end, by the line that fits best, and its median."""
    rest = samples[int(len(samples) * WARM_UP):]
    if len(rest) < 3:
        return 0.0, float(rest[-1][key])
    times, values = [s["seconds"] for s in rest], [s[key] for s in rest]
    slope = statistics.linear_regression(times, values).slope
    return slope * (times[-1] - times[0]), statistics.median(values)


def verdict(samples):
    gained, median = growth(samples, "rss")
    opened, usual = growth(samples, "descriptors")
    bound = max(FLAT_MIB, FLAT_SHARE * median)
    return {
        "rssGrowthMiB": round(gained, 1), "rssMedianMiB": round(median, 1), "rssBoundMiB": round(bound, 1),
        "rssFlat": gained <= bound,
        "descriptorGrowth": round(opened, 1), "descriptorMedian": usual, "descriptorBound": FLAT_DESCRIPTORS,
        "descriptorsFlat": opened <= FLAT_DESCRIPTORS,
    }


def soak(options, stack, directory, classpath, jdk):
    stack.start_upstream()
    bad = stack.start_bad(jdk, classpath)
    # A good one between any two bad ones, so that the route is promoted and rolled back in turns.
    turns = ["equal", "slow", "digits", "silent", "equal", "refused", "digits", "reset"]
    ports = {"equal": stack.equal, "digits": stack.digits, **bad}
    port, admin = servers.free_port(), servers.free_port()
    path, state = directory / "soak.yaml", directory / "soak-state"
    replace(path, config(stack, port, admin, state, ports[turns[0]]))
    process = stack.start(
        [machine.HOME / "sentinel", "run", "--config", path], "soak", port,
        {"SENTINEL_JAVA_HOME": jdk, "SENTINEL_JAVA_OPTS": options.options},
    )
    scripts(directory)
    ended = threading.Event()
    clients = [Client(name, port, directory, ended) for name in TRAFFIC]
    began = time.monotonic()
    for client in clients:
        client.start()
    samples, changes, next_change = [], 0, options.change
    try:
        while time.monotonic() - began < options.minutes * 60:
            time.sleep(options.sample)
            if process.poll() is not None or any(client.fault for client in clients):
                break
            samples.append(look(process.pid, began))
            if samples[-1]["seconds"] >= next_change:
                changes += 1
                next_change += options.change
                replace(path, config(stack, port, admin, state, ports[turns[changes % len(turns)]]))
            if len(samples) % max(1, int(60 / options.sample)) == 0:
                show(samples[-1], turns[changes % len(turns)], clients)
    finally:
        ended.set()
        for client in clients:
            client.join()
    faults = [client.fault for client in clients if client.fault]
    if process.poll() is not None or faults:
        log = (directory / "soak.log").read_text(errors="replace")
        raise SystemExit(f"the soak ended early: {''.join(faults)}\n{log[-3000:]}")
    return {
        "minutes": options.minutes,
        "changes": changes,
        "decisions": decisions(state),
        "traffic": {c.name: {"requests": c.requests, "failed": c.errors} for c in clients},
        "comparisons": servers.comparisons(admin),
        "verdict": verdict(samples),
        "samples": samples,
    }


def decisions(state):
    counted = {}
    with contextlib.suppress(FileNotFoundError), open(state / "decisions.jsonl") as log:
        for line in log:
            name = json.loads(line)["decision"]
            counted[name] = counted.get(name, 0) + 1
    return counted


def show(sample, challenger, clients):
    done, failed = sum(c.requests for c in clients), sum(c.errors for c in clients)
    print(f"  {sample['seconds'] / 60:5.1f} min  RSS {sample['rss']:6.1f} MiB  {sample['descriptors']:4d} descriptors"
          f"  {sample['threads']:3d} threads  {done} requests, {failed} failed; challenger: {challenger}", flush=True)


def main():
    options = parse()
    machine.install_tools()
    jdk = options.jdk or next(iter(machine.jdks()))
    classpath = bench.build({jdk: machine.jdk_version(jdk)})
    directory = pathlib.Path(tempfile.mkdtemp(prefix="sentinel-soak."))
    directory.chmod(0o755)  # nginx's workers are somebody else
    stack = servers.Servers(directory)
    started = datetime.datetime.now(datetime.timezone.utc)
    try:
        results = soak(options, stack, directory, classpath, jdk)
    finally:
        stack.stop()
        servers.remove(directory)
    results = {"date": started.isoformat(timespec="seconds"), "machine": machine.describe(),
               "jdk": machine.jdk_version(jdk), **results}
    out = pathlib.Path(options.out)
    out.mkdir(parents=True, exist_ok=True)
    (out / "soak.json").write_text(json.dumps(results, indent=1) + "\n")
    seen, failed = results["verdict"], sum(t["failed"] for t in results["traffic"].values())
    requests = sum(t["requests"] for t in results["traffic"].values())
    print(f"\n{requests} requests in {options.minutes:g} minutes, {failed} failed; {results['changes']} changes of the"
          f" challenger; decisions: {results['decisions']}")
    print(f"RSS {word(seen['rssFlat'])}: {seen['rssGrowthMiB']:+.1f} MiB after the warm-up, about"
          f" {seen['rssMedianMiB']:.0f} MiB (bound {seen['rssBoundMiB']:.0f})")
    print(f"descriptors {word(seen['descriptorsFlat'])}: {seen['descriptorGrowth']:+.1f}, about"
          f" {seen['descriptorMedian']:.0f} (bound {seen['descriptorBound']})")
    print(f"all samples: {out}/soak.json")
    return 0 if seen["rssFlat"] and seen["descriptorsFlat"] and failed == 0 else 1


def word(flat):
    return "flat" if flat else "NOT FLAT"
