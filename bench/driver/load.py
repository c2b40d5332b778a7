"""Puts load on a server and says what it did, and what it cost the server."""

from __future__ import annotations

import json
import os
import pathlib
import subprocess
import time

from . import machine, servers

# A request body of 600 bytes, as a client of a tabular model sends it.
POST = 'wrk.method="POST"; wrk.headers["Content-Type"]="application/json"; wrk.body="%s"\n'
DONE = """
done = function(summary, latency, requests)
  io.write(string.format('\\nJSON {"requests":%d,"micros":%d,"p50":%.1f,"p99":%.1f,"p999":%.1f,"errors":%d}\\n',
    summary.requests, summary.duration, latency:percentile(50), latency:percentile(99), latency:percentile(99.9),
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status
      + summary.errors.timeout))
end
"""


def scripts(directory: pathlib.Path) -> None:
    """The wrk scripts: small requests, large requests, large answers."""
    small = '{\\"inputs\\":[' + "0.123456," * 64 + "1]}"
    (directory / "small.lua").write_text(POST % small + DONE)
    large = 'wrk.method="POST"; wrk.headers["Content-Type"]="application/json"\n'
    large += 'wrk.body=\'{"inputs":[\' .. string.rep("0.125,", %d) .. \'1]}\'\n' % (servers.LARGE // 6 - 3)
    (directory / "upload.lua").write_text(large + DONE)
    (directory / "download.lua").write_text(DONE)


def slice_of(target: dict, seconds: int, connections: int, stack: servers.Servers) -> dict:
    """One slice of load by wrk, with what the proxy's process used meanwhile."""
    script = stack.directory / f"{target.get('script', 'small')}.lua"
    url = f"http://127.0.0.1:{target['port']}{target['path']}"
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", str(script), url]
    # Counters are read outside of the slice: what reading them costs is not the proxy's work.
    compared = servers.compared(target)
    before = snapshot(target["pid"], stack.known)
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    after = snapshot(target["pid"], stack.known)
    line = next((line for line in run.stdout.split("\n") if line.startswith("JSON ")), None)
    if line is None:
        raise SystemExit(f"wrk failed on {target['name']}: {run.stdout}{run.stderr}")
    seen = measured(json.loads(line[5:]), before, after, os.cpu_count() or 1)
    seen["rss"] = machine.rss_mb(target["pid"]) if target["pid"] else 0
    if compared is not None:
        seen["compared"] = (servers.compared(target) - compared) / max(1, seen["requests"])
    return seen


def measured(seen: dict, before: dict, after: dict, cores: int) -> dict:
    """The figures of a slice: what wrk saw, and what was used between two snapshots."""
    spent = {key: after[key] - before[key] for key in before}
    foreign = spent["busy"] - spent["proxy"] - spent["known"] - spent["load"]
    return {
        "requests": seen["requests"],
        "rps": seen["requests"] / (seen["micros"] / 1e6),
        "p50": seen["p50"], "p99": seen["p99"], "p999": seen["p999"],
        "errors": seen["errors"],
        "cpu": spent["proxy"] * 1e6 / seen["requests"] if seen["requests"] else 0,
        "foreign": max(0.0, foreign / (spent["clock"] * cores)),
        "compilers": spent["compilers"] / spent["clock"],
    }


def snapshot(pid: int, known: list[int]) -> dict:
    times = os.times()
    return {
        "clock": time.monotonic(),
        "busy": machine.busy_seconds(),
        "proxy": machine.cpu_seconds(pid) if pid else 0,
        "compilers": machine.compiler_seconds(pid) if pid else 0,
        "known": sum(machine.cpu_seconds(other) for other in known),
        "load": times.children_user + times.children_system,
    }


class OpenLoop:
    """
    The generator of a fixed rate: one JVM for all slices, so that it is compiled before the first that counts.
    """

    def __init__(self, java_home: str, classpath: str, stack: servers.Servers):
        self.stack = stack
        self.process = subprocess.Popen(
            [f"{java_home}/bin/java", "-Xms128m", "-Xmx128m", "-XX:+UseSerialGC", "-cp", classpath,
             "io.shadowsentinel.bench.OpenLoop"],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )
        stack.processes.append(self.process)

    def slice_of(self, target: dict, rate: float, seconds: float, warm_up: float, connections: int = 32) -> dict:
        """A run at this rate, timed from when each request was due; 0 is as fast as answers come."""
        known = [*self.stack.known, self.process.pid]
        before = snapshot(target["pid"], known)
        command = f"{target['port']} {target['path']} {rate:.1f} {seconds} {connections} {warm_up}\n"
        self.process.stdin.write(command)
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            raise SystemExit(f"the generator ended at: {command}")
        after = snapshot(target["pid"], known)
        seen = json.loads(answer)
        spent = {key: after[key] - before[key] for key in before}
        idle = spent["clock"] * (os.cpu_count() or 1)
        seen["foreign"] = max(0.0, (spent["busy"] - spent["proxy"] - spent["known"] - spent["load"]) / idle)
        seen["cpu"] = spent["proxy"] * 1e6 / max(1, seen["requests"])
        seen["compilers"] = spent["compilers"] / spent["clock"]
        return seen
