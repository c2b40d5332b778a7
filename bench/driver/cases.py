"""The cases: which servers take turns, under which load."""

import json
import pathlib
import statistics
import subprocess
import threading
import time

from . import load, machine, servers

CONNECTIONS = (1, 32, 256)

# Two slices that differ by less of their cost are the same.
SETTLED = 0.04


class Run:
    """One run: its servers, what was asked for, and the slices measured so far."""

    def __init__(self, options, directory, classpath):
        self.options = options
        self.directory = pathlib.Path(directory)
        self.classpath = classpath
        self.results = {}
        self.errors = 0
        self.stack = servers.Servers(directory)
        load.scripts(directory)

    def take_turns(self, group, targets, connections, seconds=None):
        """A B C, C B A, ...: what changes over time in the machine falls on all alike."""
        for turn in range(self.options.rounds):
            for target in targets if turn % 2 == 0 else targets[::-1]:
                time.sleep(0.2)
                seen = load.slice_of(
                    target, seconds or self.options.seconds, connections, self.directory, self.stack.known
                )
                self.results.setdefault(group, {}).setdefault(target["name"], []).append(seen)
                self.errors += seen["errors"]
                flag = f"  {seen['errors']} ERRORS" if seen["errors"] else ""
                print(f"  {group:<22}{target['name']:<34}{seen['rps']:>9.0f}/s{seen['cpu']:>8.1f} us{flag}", flush=True)

    def warm_up(self, targets):
        """Until the compilers of the JVM are through: two slices in a row cost the same."""
        for target in targets:
            if not target.get("jvm"):
                continue
            ends = time.monotonic() + self.options.warm_up
            before = None
            while time.monotonic() < ends:
                cpu = load.slice_of(target, 4, 32, self.directory, self.stack.known)["cpu"]
                if before and abs(cpu - before) < SETTLED * before:
                    break
                before = cpu

    def prepare(self):
        self.stack.start_upstream()
        self.nginx, self.nginx_forward, self.nginx_mirror = self.stack.start_nginx()
        self.haproxy, self.haproxy_port = self.stack.start_haproxy()
        self.sentinels = {}
        for jdk, version in self.options.jdks.items():
            self.sentinels[version] = self.stack.start_sentinel(
                f"sentinel-{version}", jdk, {"equal": self.stack.equal, "digits": self.stack.digits}
            )

    def sentinel(self, version, path, name, script="small"):
        process, port, _ = self.sentinels[version]
        return {"name": f"{name}, JDK {version}", "pid": process.pid, "port": port, "path": path,
                "script": script, "jvm": True}

    def peer(self, name, process, port, path="/forward", script="small"):
        return {"name": name, "pid": process.pid if process else 0, "port": port, "path": path, "script": script}

    def small(self):
        targets = [
            self.peer("straight to the upstream", None, self.stack.champion),
            self.peer("nginx forward", self.nginx, self.nginx_forward),
            self.peer("haproxy forward", self.haproxy, self.haproxy_port),
            self.peer("nginx mirror", self.nginx, self.nginx_mirror),
        ]
        for version in self.sentinels:
            targets += [
                self.sentinel(version, "/forward", "sentinel forward"),
                self.sentinel(version, "/equal", "sentinel mirror, equal"),
                self.sentinel(version, "/digits", "sentinel mirror, digits"),
            ]
        self.warm_up(targets)
        for connections in CONNECTIONS:
            self.take_turns(f"small, {connections}", targets, connections)

    def large(self):
        for script in ("upload", "download"):
            suffix = "/x" if script == "upload" else "/large/answer"
            path = "/forward/x" if script == "upload" else "/large/answer"
            targets = [self.peer("nginx forward", self.nginx, self.nginx_forward, suffix, script)]
            for version in self.sentinels:
                targets.append(self.sentinel(version, path, "sentinel forward", script))
                if script == "upload":
                    targets.append(self.sentinel(version, "/equal/x", "sentinel mirror, equal", script))
            self.warm_up(targets)
            self.take_turns(f"1 MiB {script}, 8", targets, 8)

    def bad(self):
        """Challengers that are bad, against none, in an instance of their own."""
        bad = self.stack.start_bad(self.classpath)
        version, jdk = next((version, jdk) for jdk, version in self.options.jdks.items())
        everyone = {"good": self.stack.equal, **bad}
        self.sentinels["bad"] = self.stack.start_sentinel("sentinel-bad", jdk, everyone)
        process, port, _ = self.sentinels["bad"]
        routes = {"no challenger": "/forward", "good challenger": "/good", "2 s slow": "/slow",
                  "silent": "/silent", "refusing": "/refused", "resetting": "/reset"}
        self.bad_targets = [
            {"name": name, "pid": process.pid, "port": port, "path": path, "jvm": True} for name, path in routes.items()
        ]
        self.warm_up(self.bad_targets)
        self.take_turns(f"challengers, JDK {version}, 32", self.bad_targets, 32)

    def open(self):
        """At half of what the same generator gets through at most, without a challenger."""
        free = [load.open_loop(self.classpath, self.bad_targets[0], 0, 4, 2, self.stack.known) for _ in range(2)]
        rate = statistics.median(seen["rps"] for seen in free) / 2
        for turn in range(self.options.rounds):
            for target in self.bad_targets if turn % 2 == 0 else self.bad_targets[::-1]:
                time.sleep(0.5)
                seen = load.open_loop(
                    self.classpath, target, rate, self.options.open_seconds, 2, self.stack.known
                )
                self.results.setdefault("fixed rate", {}).setdefault(target["name"], []).append(seen)
                print(f"  fixed rate {rate:.0f}/s   {target['name']:<20} p50 {seen['p50']:.0f} us  p99 {seen['p99']:.0f} us"
                      f"  p99.9 {seen['p999']:.0f} us  lag p99 {seen['lag99']:.0f} us  failed {seen['failed']}", flush=True)

    def startup(self):
        """From the launcher's first instruction to the first answer through the proxy."""
        for turn in range(max(3, self.options.rounds * 2)):
            jdks = list(self.options.jdks.items())
            for jdk, version in jdks if turn % 2 == 0 else jdks[::-1]:
                began = time.monotonic()
                process, _, _ = self.stack.start_sentinel(f"start-{version}-{turn}", jdk, {"equal": self.stack.equal})
                took = time.monotonic() - began
                process.terminate()
                process.wait(30)
                self.results.setdefault("start", {}).setdefault(f"JDK {version}", []).append({"seconds": took})
        for name, seen in self.results["start"].items():
            print(f"  start, {name}: {statistics.median(s['seconds'] for s in seen):.2f} s", flush=True)

    def compare(self):
        """The comparison alone, under JMH."""
        out = self.directory / "jmh.json"
        quick = ["-f", "1", "-wi", "2", "-i", "2"] if self.options.quick else ["-f", "1", "-wi", "3", "-i", "4"]
        jdk = next(iter(self.options.jdks))
        subprocess.run(
            [f"{jdk}/bin/java", "-cp", self.classpath, "org.openjdk.jmh.Main", "ComparisonBenchmark",
             *quick, "-jvmArgs", "-Xmx256m -XX:+UseParallelGC", "-rf", "json", "-rff", str(out)],
            check=True, stdout=subprocess.DEVNULL,
        )
        for result in json.loads(out.read_text()):
            parameters = result["params"]
            name = f"{parameters['bytes']} B of {parameters['body']}, {parameters['answers']}"
            metric = result["primaryMetric"]
            self.results.setdefault("comparison", {})[name] = [
                {"micros": metric["score"], "error": metric["scoreError"]}
            ]
            print(f"  comparison  {name:<40}{metric['score']:>10.1f} us", flush=True)

    def memory(self):
        """Mirror and comparison at full rate, for minutes: is resident memory flat?"""
        version, jdk = next((version, jdk) for jdk, version in self.options.jdks.items())
        process, port, admin = self.stack.start_sentinel("memory", jdk, {"digits": self.stack.digits})
        seconds = int(self.options.memory * 60)
        samples, ended = [], threading.Event()

        def sample():
            began = time.monotonic()
            while not ended.wait(1):
                samples.append((time.monotonic() - began, machine.rss_mb(process.pid)))

        sampler = threading.Thread(target=sample)
        sampler.start()
        target = {"name": "memory", "pid": process.pid, "port": port, "path": "/digits"}
        seen = load.slice_of(target, seconds, 32, self.directory, self.stack.known)
        ended.set()
        sampler.join()
        half = samples[len(samples) // 2:]
        times, sizes = [t for t, _ in half], [s for _, s in half]
        slope = statistics.linear_regression(times, sizes).slope * 60
        self.results["memory"] = {f"JDK {version}": [{
            **seen, "seconds": seconds, "first": half[0][1], "last": half[-1][1], "peak": max(s for _, s in samples),
            "perMinute": slope, "samples": samples[:: max(1, len(samples) // 300)],
            "counted": servers.comparisons(admin),
        }]}
        print(f"  memory: {seen['rps']:.0f}/s for {seconds} s; RSS {half[0][1]:.0f} -> {half[-1][1]:.0f} MiB over the"
              f" second half, {slope:+.2f} MiB a minute, peak {max(s for _, s in samples):.0f}", flush=True)
