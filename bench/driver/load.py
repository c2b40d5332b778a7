"""Puts load on a server and says what it did, and what it cost the server."""

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


def scripts(directory):
    """The wrk scripts: small requests, large requests, large answers."""
    small = '{\\"inputs\\":[' + "0.123456," * 64 + "1]}"
    directory = pathlib.Path(directory)
    (directory / "small.lua").write_text(POST % small + DONE)
    large = 'wrk.method="POST"; wrk.headers["Content-Type"]="application/json"\n'
    large += 'wrk.body=\'{"inputs":[\' .. string.rep("0.125,", %d) .. \'1]}\'\n' % (servers.LARGE // 6 - 3)
    (directory / "upload.lua").write_text(large + DONE)
    (directory / "download.lua").write_text(DONE)


def slice_of(target, seconds, connections, directory, known):
    """One slice of load by wrk, with what the proxy's process used meanwhile."""
    pid = target["pid"]
    url = f"http://127.0.0.1:{target['port']}{target['path']}"
    before = snapshot(pid, known)
    run = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s",
         str(pathlib.Path(directory) / f"{target.get('script', 'small')}.lua"), url],
        capture_output=True, text=True, check=False,
    )
    after = snapshot(pid, known)
    line = next((line for line in run.stdout.split("\n") if line.startswith("JSON ")), None)
    if line is None:
        raise SystemExit(f"wrk failed on {target['name']}: {run.stdout}{run.stderr}")
    return measured(json.loads(line[5:]), before, after, pid)


def measured(seen, before, after, pid):
    spent = {key: after[key] - before[key] for key in before}
    requests = max(1, seen["requests"])
    seconds = seen["micros"] / 1e6
    foreign = spent["busy"] - spent["proxy"] - spent["known"] - spent["load"]
    return {
        "rps": seen["requests"] / seconds,
        "p50": seen["p50"], "p99": seen["p99"], "p999": seen["p999"],
        "errors": seen["errors"],
        "cpu": spent["proxy"] * 1e6 / requests if pid else 0,
        "rss": machine.rss_mb(pid) if pid else 0,
        "foreign": max(0.0, foreign / (spent["clock"] * os.cpu_count())),
    }


def snapshot(pid, known):
    times = os.times()
    return {
        "clock": time.monotonic(),
        "busy": machine.busy_seconds(),
        "proxy": machine.cpu_seconds(pid) if pid else 0,
        "known": sum(machine.cpu_seconds(other) for other in known),
        "load": times.children_user + times.children_system,
    }


def open_loop(classpath, target, rate, seconds, warm_up, known):
    """A run at a fixed rate, timed from when each request was due."""
    before = snapshot(target["pid"], known)
    run = subprocess.run(
        ["java", "-Xmx256m", "-XX:+UseSerialGC", "-cp", classpath, "io.shadowsentinel.bench.OpenLoop",
         str(target["port"]), target["path"], f"{rate:.1f}", str(seconds), "32", str(warm_up)],
        capture_output=True, text=True, check=True,
    )
    after = snapshot(target["pid"], known)
    seen = json.loads(run.stdout)
    spent = after["busy"] - before["busy"] - (after["proxy"] - before["proxy"]) - (after["known"] - before["known"])
    load = after["load"] - before["load"]
    seen["foreign"] = max(0.0, (spent - load) / ((after["clock"] - before["clock"]) * os.cpu_count()))
    return seen
