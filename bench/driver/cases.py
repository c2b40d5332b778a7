"""The cases: which servers take turns, under which load."""

from __future__ import annotations

import argparse
import json
import os
import pathlib
import statistics
import subprocess
import threading
import time
from collections.abc import Callable

from . import load, machine, servers, stats

CONNECTIONS = (1, 32, 256)

# Of a slice of a warm-up, in seconds: long enough that what a compiler takes of it can be told.
WARM_SLICE = 3

# A p99 of a slice is made of a hundredth of its requests, so it takes more turns than a mean does.
OPEN_TURNS = 3

# A slice in which others used more of the machine than this share is measured again, once.
DISTURBED = 0.10


class Run:
    """One run: its servers, what was asked for, and the slices measured so far."""

    def __init__(self, options: argparse.Namespace, directory: pathlib.Path, classpath: str):
        self.options = options
        self.directory = directory
        self.classpath = classpath
        self.results: dict[str, dict[str, list[dict]]] = {}
        self.errors = 0
        self.again = 0
        self.warmed: dict[str, dict] = {}
        self.stack = servers.Servers(directory)
        self.sentinels: dict[object, tuple] = {}
        # What each Shadow Sentinel had counted when it was stopped.
        self.counted: dict[str, dict] = {}
        # What is measured on one JDK only is measured on the one that the bars are for.
        self.jdk, self.version = next(iter(options.jdks.items()))
        load.scripts(directory)

    # --- turns ---

    def in_turns(self, group: str, targets: list[dict], rounds: int, measure: Callable[[dict], dict]) -> None:
        """A B C, C B A, ...: what changes over time in the machine falls on all alike."""
        for turn in range(rounds):
            for target in targets if turn % 2 == 0 else targets[::-1]:
                seen = self.undisturbed(target, measure)
                self.errors += seen["errors"]
                self.results.setdefault(group, {}).setdefault(target["name"], []).append(seen)
                print(f"  {group:<24}{target['name']:<34}{line(seen)}", flush=True)

    def undisturbed(self, target: dict, measure: Callable[[dict], dict]) -> dict:
        time.sleep(0.2)
        seen = measure(target)
        if seen["foreign"] > DISTURBED:
            self.again += 1
            time.sleep(1)
            seen = min(seen, measure(target), key=lambda slice_: slice_["foreign"])
        return seen

    def by_wrk(self, group: str, targets: list[dict], connections: int) -> None:
        self.in_turns(
            f"{group}, {connections}", targets, self.options.rounds,
            lambda target: load.slice_of(target, self.options.seconds, connections, self.stack),
        )

    def warm_up(self, targets: list[dict]) -> None:
        """Until the compilers of the JVM are through with what this route runs."""
        for target in targets:
            if not target.get("jvm"):
                continue
            began, slices = time.monotonic(), []
            while time.monotonic() - began < self.options.warm_up and not stats.settled(slices):
                slices.append(load.slice_of(target, min(WARM_SLICE, self.options.warm_up), 32, self.stack))
            took = time.monotonic() - began
            last, settled = slices[-1], stats.settled(slices)
            self.warmed[f"{target['name']} {target['path']}"] = {"seconds": took, "settled": settled}
            print(f"  warm-up {target['name']:<42}{took:>5.0f} s, compilers {last['compilers']:.0%} of a core"
                  f"{'' if settled else ', NOT SETTLED'}", flush=True)

    # --- servers ---

    def prepare(self) -> None:
        self.stack.start_upstream()
        self.nginx, self.nginx_forward, self.nginx_mirror = self.stack.start_nginx()
        self.haproxy, self.haproxy_port = self.stack.start_haproxy()

    def start_versions(self) -> None:
        """One for each JDK and checkout, if they do not run."""
        for jdk, version in self.options.jdks.items():
            self.start_homes(version, f"sentinel-{version}", jdk,
                             {"equal": self.stack.equal, "digits": self.stack.digits})

    def start_homes(self, which: object, name: str, jdk: str, challengers: dict[str, int]) -> None:
        for number, (suffix, home) in enumerate(self.options.homes.items()):
            if (which, suffix) not in self.sentinels:
                self.sentinels[which, suffix] = self.stack.start_sentinel(
                    f"{name}-{number}", jdk, challengers, home=home
                )

    def stop_sentinels(self, keep: object = None) -> None:
        """Ends those of the cases before: two idle JVMs showed in the p99 of everybody else."""
        for which, suffix in [key for key in self.sentinels if key[0] != keep]:
            process, _, admin = self.sentinels.pop((which, suffix))
            self.counted[f"{which}{suffix}"] = servers.comparisons(admin)
            process.terminate()
            process.wait(30)

    def sentinel(self, which: object, path: str, name: str, script: str = "small", suffix: str = "") -> dict:
        process, port, admin = self.sentinels[which, suffix]
        route = path.split("/")[1]
        return {"name": name + suffix, "pid": process.pid, "port": port, "path": path, "script": script, "jvm": True,
                "admin": admin, "route": "" if route == "forward" else route}

    def peer(self, name: str, process: subprocess.Popen | None, port: int, path: str = "/forward",
             script: str = "small") -> dict:
        return {"name": name, "pid": process.pid if process else 0, "port": port, "path": path, "script": script}

    # --- groups ---

    def small(self) -> None:
        """Small requests: straight, peers, and all that Shadow Sentinel may do with one."""
        self.start_versions()
        targets = [
            self.peer("straight to the upstream", None, self.stack.champion),
            self.peer("nginx forward", self.nginx, self.nginx_forward),
            self.peer("haproxy forward", self.haproxy, self.haproxy_port),
            self.peer("nginx mirror", self.nginx, self.nginx_mirror),
        ]
        for version in self.options.jdks.values():
            for path, name in (("/forward", "forward"), ("/equal", "mirror, equal"), ("/digits", "mirror, digits")):
                targets += [self.sentinel(version, path, f"sentinel {name}, JDK {version}", suffix=suffix)
                            for suffix in self.options.homes]
        self.warm_up(targets)
        for connections in CONNECTIONS:
            self.by_wrk("small", targets, connections)

    def large(self) -> None:
        """Bodies of 1 MiB, up and down."""
        self.start_versions()
        for script, path in (("upload", "/x"), ("download", "/large/answer")):
            targets = [self.peer("nginx forward", self.nginx, self.nginx_forward, path, script)]
            for version in self.options.jdks.values():
                targets += [
                    self.sentinel(version, "/forward" + path, f"sentinel forward, JDK {version}", script),
                    self.sentinel(version, "/equal" + path, f"sentinel mirror, equal, JDK {version}", script),
                ]
            self.warm_up(targets)
            self.by_wrk(f"1 MiB {script}", targets, 8)

    def bad_targets(self) -> list[dict]:
        """Challengers that are bad, against none, in an instance of their own."""
        self.stop_sentinels(keep="bad")
        if ("bad", "") not in self.sentinels:
            bad = self.stack.start_bad(self.jdk, self.classpath)
            self.start_homes("bad", "sentinel-bad", self.jdk, {"good": self.stack.equal, **bad})
        routes = {"no challenger": "/forward", "good challenger": "/good", "2 s slow": "/slow",
                  "silent": "/silent", "refusing": "/refused", "resetting": "/reset"}
        return [self.sentinel("bad", path, name, suffix=suffix)
                for name, path in routes.items() for suffix in self.options.homes]

    def bad(self) -> None:
        targets = self.bad_targets()
        self.warm_up(targets)
        self.by_wrk(f"challengers, JDK {self.version}", targets, 32)

    def open(self) -> None:
        """At half of what the same generator gets through at most, without a challenger."""
        targets = self.bad_targets()
        if "bad" not in self.options.cases:
            self.warm_up(targets)
        generator = load.OpenLoop(self.jdk, self.classpath, self.stack)
        warm_up = self.options.warm_up / 4  # of the generator itself, too
        free = [generator.slice_of(targets[0], 0, 4, warm_up) for _ in range(2)]
        rate = statistics.median(seen["rps"] for seen in free) / 2
        print(f"  saturation {2 * rate:.0f}/s, so at {rate:.0f}/s", flush=True)
        self.warm_up_at(generator, targets, rate)
        self.in_turns(
            "fixed rate", targets, OPEN_TURNS * self.options.rounds,
            # What is still under way to the challenger of the last slice is over after 2 s.
            lambda target: generator.slice_of(target, rate, self.options.open_seconds, 2),
        )

    def warm_up_at(self, generator: load.OpenLoop, targets: list[dict], rate: float) -> None:
        """
        All routes in turns, as they will be measured, until the compilers are through.

        What a slow challenger has the proxy do runs a hundred times a second, so it is long before that is compiled.
        """
        began, rounds, limit = time.monotonic(), [], self.options.warm_up * len(targets)
        while time.monotonic() - began < limit and not stats.settled(rounds):
            seen = [generator.slice_of(target, rate, WARM_SLICE, 0) for target in targets]
            rounds.append({key: statistics.fmean(slice_[key] for slice_ in seen) for key in ("cpu", "compilers")})
        took, settled = time.monotonic() - began, stats.settled(rounds)
        self.warmed["fixed rate"] = {"seconds": took, "settled": settled}
        print(f"  warm-up at this rate, {took:.0f} s, compilers {rounds[-1]['compilers']:.0%} of a core"
              f"{'' if settled else ', NOT SETTLED'}", flush=True)

    def startup(self) -> None:
        """From the launcher's first instruction to the first answer; and a command that starts no server."""
        self.stop_sentinels()
        jdks = list(self.options.jdks.items())
        for turn in range(self.options.rounds):
            for jdk, version in jdks if turn % 2 == 0 else jdks[::-1]:
                began = time.monotonic()
                process, _, _ = self.stack.start_sentinel(f"start-{version}-{turn}", jdk, {"equal": self.stack.equal})
                self.started(f"run, JDK {version}", began)
                process.terminate()
                process.wait(30)
                began = time.monotonic()
                subprocess.run(
                    [machine.HOME / "sentinel", "check", "--config", self.directory / f"start-{version}-{turn}.yaml"],
                    check=True, stdout=subprocess.DEVNULL, env={**os.environ, "SENTINEL_JAVA_HOME": jdk},
                )
                self.started(f"check, JDK {version}", began)
        for name, seen in self.results["start"].items():
            print(f"  start, {name}: {stats.median(seen, 'seconds'):.2f} s", flush=True)

    def started(self, name: str, began: float) -> None:
        self.results.setdefault("start", {}).setdefault(name, []).append({"seconds": time.monotonic() - began})

    def compare(self) -> None:
        """The comparison alone, under JMH."""
        self.stop_sentinels()
        out = self.directory / "jmh.json"
        length = ["-wi", "1", "-i", "1"] if self.options.quick else ["-wi", "3", "-i", "4"]
        subprocess.run(
            [f"{self.jdk}/bin/java", "-cp", self.classpath, "org.openjdk.jmh.Main", "ComparisonBenchmark",
             "-f", "1", *length, "-jvmArgs", "-Xmx256m -XX:+UseParallelGC", "-rf", "json", "-rff", str(out)],
            check=True, stdout=subprocess.DEVNULL,
        )
        for result in json.loads(out.read_text()):
            parameters = result["params"]
            name = f"{parameters['bytes']} B of {parameters['body']}, {parameters['answers']}"
            metric = result["primaryMetric"]
            # One iteration alone has no error, which JMH calls NaN.
            error = metric["scoreError"] if isinstance(metric["scoreError"], float) else 0.0
            self.results.setdefault("comparison", {})[name] = [{"micros": metric["score"], "error": error}]
            print(f"  comparison  {name:<40}{metric['score']:>10.1f} us", flush=True)

    def memory(self) -> None:
        """Mirror and comparison at full rate, for minutes: is resident memory flat?"""
        self.stop_sentinels()
        self.sentinels["memory", ""] = self.stack.start_sentinel(
            "memory", self.jdk, {"digits": self.stack.digits}, servers.TOUCHED
        )
        target = self.sentinel("memory", "/digits", "memory")
        samples, ended = [], threading.Event()

        def sample() -> None:
            began = time.monotonic()
            while not ended.wait(1):
                samples.append((time.monotonic() - began, machine.rss_mb(target["pid"])))

        sampler = threading.Thread(target=sample)
        sampler.start()
        try:
            seconds = max(8, int(self.options.memory * 60))
            seen = load.slice_of(target, seconds, 32, self.stack)
        finally:
            ended.set()
            sampler.join()
        self.errors += seen["errors"]
        seen |= {**stats.growth(samples), "seconds": seconds, "samples": samples[:: max(1, len(samples) // 300)]}
        self.results["memory"] = {f"JDK {self.version}": [seen]}
        print(f"  memory: {seen['requests']} requests in {seconds} s; RSS {seen['half']:.0f} -> {seen['end']:.0f} MiB"
              f" over the second half ({seen['growth']:+.1%}), peak {seen['peak']:.0f}", flush=True)


def line(seen: dict) -> str:
    """A slice as it is shown while the benchmark runs."""
    text = f"{seen['rps']:>9.0f}/s  p50 {seen['p50']:>6.0f}  p99 {seen['p99']:>7.0f} us"
    if "lag99" in seen:
        text += f"  sent late, p99 {seen['lag99']:.0f} us"
    elif seen["cpu"]:
        text += f"{seen['cpu']:>8.1f} us/req"
    if seen["foreign"] > DISTURBED:
        text += f"  others used {seen['foreign']:.0%}"
    return text + (f"  {seen['errors']} ERRORS" if seen["errors"] else "")
