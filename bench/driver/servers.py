"""Starts the servers that are measured, each on a free port of the loopback address."""

from __future__ import annotations

import http.client
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from . import machine

ANSWER = '{"prediction": 3, "probability": 0.91234567, "model": "v1", "scores": [%s]}'
SCORES = "0.01234567, 0.00234567, 0.00034567, 0.91234567, 0.01000567, 0.00234067, 0.0323456, 0.01204567"
BODY_350 = ANSWER % ", ".join([SCORES] * 3)[:270].rstrip(", 0.")
# The same answer with the last digit of every score changed.
BODY_DIGITS = BODY_350.replace("567", "568")
LARGE = 1 << 20


def free_port() -> int:
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


# Has the heap resident from the start. Left to itself it becomes so over the better part of an hour, as what is
# short-lived is promoted now and then, and a leak of anything else could not be told from that.
TOUCHED = "-XX:+AlwaysPreTouch"


class Servers:
    """All that was started, to be stopped in the end."""

    def __init__(self, directory: pathlib.Path):
        self.directory = directory
        self.processes: list[subprocess.Popen] = []
        # What is part of the benchmark and no proxy: it is not foreign.
        self.known: list[int] = []

    def start(self, command: list, name: str, port: int, env: dict | None = None) -> subprocess.Popen:
        log = open(self.directory / f"{name}.log", "wb")
        process = subprocess.Popen(
            [str(part) for part in command], stdout=log, stderr=log, env={**os.environ, **(env or {})}
        )
        self.processes.append(process)
        await_answer(process, port, self.directory / f"{name}.log")
        return process

    def stop(self) -> None:
        for process in reversed(self.processes):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        for process in reversed(self.processes):
            try:
                process.wait(15)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def start_upstream(self) -> None:
        """The models: one nginx that answers at once, of which no CPU is counted as a proxy's."""
        self.champion, self.equal, self.digits = free_port(), free_port(), free_port()
        large = self.directory / "large"
        large.mkdir()
        (large / "answer").write_bytes(b'{"scores":[' + b"0.125," * (LARGE // 6 - 3) + b"1]}")
        servers = "".join(
            f"server {{ listen 127.0.0.1:{port}; location / {{ default_type application/json; return 200 '{body}'; }}"
            f" location ~ /large/answer$ {{ default_type application/json; alias {large}/answer; }} }}\n"
            for port, body in ((self.champion, BODY_350), (self.equal, BODY_350), (self.digits, BODY_DIGITS))
        )
        process = self.start(self.nginx("upstream", servers), "upstream", self.champion)
        self.known.append(process.pid)

    def start_bad(self, java_home: str, classpath: str) -> dict[str, int]:
        """The challengers that are slow, silent, or reset; a port that nobody listens on refuses."""
        process = subprocess.Popen(
            [f"{java_home}/bin/java", "-Xmx128m", "-XX:+UseSerialGC", "-cp", classpath,
             "io.shadowsentinel.bench.BadChallenger"],
            stdout=subprocess.PIPE,
            text=True,
        )
        self.processes.append(process)
        self.known.append(process.pid)
        ports = dict(pair.split("=") for pair in process.stdout.readline().split())
        return {**{name: int(port) for name, port in ports.items()}, "refused": free_port()}

    def nginx(self, name: str, servers: str) -> list:
        base = self.directory / name
        base.mkdir()
        conf = base / "nginx.conf"
        conf.write_text(
            f"worker_processes 1; daemon off; pid {base}/pid; error_log {base}/error.log;\n"
            "events { worker_connections 8192; }\n"
            f"http {{ access_log off; client_body_temp_path {base}/body; proxy_temp_path {base}/proxy;\n"
            f" fastcgi_temp_path {base}/f; uwsgi_temp_path {base}/u; scgi_temp_path {base}/s;\n"
            " client_body_buffer_size 2m; client_max_body_size 64m; keepalive_requests 1000000000; sendfile on;\n"
            f"{servers}}}\n"
        )
        return ["nginx", "-c", conf, "-p", base]

    def start_nginx(self) -> tuple[subprocess.Popen, int, int]:
        """One process with a port that forwards and one that mirrors, with bodies kept in memory."""
        forward, mirror = free_port(), free_port()
        keep = 'proxy_http_version 1.1; proxy_set_header Connection ""; proxy_buffers 8 256k; proxy_busy_buffers_size 512k;'
        servers = (
            f"upstream champion {{ server 127.0.0.1:{self.champion}; keepalive 512; }}\n"
            f"upstream challenger {{ server 127.0.0.1:{self.equal}; keepalive 512; }}\n"
            f"server {{ listen 127.0.0.1:{forward}; location / {{ proxy_pass http://champion; {keep} }} }}\n"
            f"server {{ listen 127.0.0.1:{mirror};\n"
            f" location / {{ mirror /mirror; proxy_pass http://champion; {keep} }}\n"
            f" location = /mirror {{ internal; proxy_pass http://challenger$request_uri; {keep} }} }}\n"
        )
        process = self.start(self.nginx("proxy", servers), "proxy", forward)
        return process, forward, mirror

    def start_haproxy(self) -> tuple[subprocess.Popen, int]:
        port = free_port()
        conf = self.directory / "haproxy.cfg"
        conf.write_text(
            "global\n nbthread 1\n maxconn 8192\ndefaults\n mode http\n timeout connect 2s\n timeout client 60s\n"
            " timeout server 60s\n option http-keep-alive\n http-reuse always\n"
            f"frontend users\n bind 127.0.0.1:{port}\n default_backend champion\n"
            f"backend champion\n server v1 127.0.0.1:{self.champion}\n"
        )
        return self.start(["haproxy", "-db", "-f", conf], "haproxy", port), port

    def start_sentinel(
        self, name: str, jdk: str, challengers: dict[str, int], options: str = "",
        home: pathlib.Path = machine.HOME,
    ) -> tuple[subprocess.Popen, int, int]:
        """Shadow Sentinel by its launcher, with a route /NAME for each challenger and /forward without one."""
        port, admin = free_port(), free_port()
        champion = f'{{ name: v1, urls: [ "http://127.0.0.1:{self.champion}" ] }}'
        routes = f"  - name: forward\n    match: {{ path: /forward }}\n    champion: {champion}\n"
        for route, challenger in challengers.items():
            routes += (
                f"  - name: {route}\n    match: {{ path: /{route} }}\n    champion: {champion}\n"
                f'    challenger: {{ name: v2, urls: [ "http://127.0.0.1:{challenger}" ] }}\n'
                "    mirror: { maxBody: 4MiB, methods: [ POST, GET ] }\n"
                "    compare: { format: json, label: /prediction, confidence: /probability }\n"
                "    decide: { auto: false }\n"
            )
        conf = self.directory / f"{name}.yaml"
        state = self.directory / f"{name}-state"
        conf.write_text(
            f"listen: {{ host: 127.0.0.1, port: {port} }}\nadmin: {{ host: 127.0.0.1, port: {admin} }}\n"
            f"state: {{ directory: {state} }}\nroutes:\n{routes}"
        )
        env = {"SENTINEL_JAVA_HOME": jdk, "SENTINEL_JAVA_OPTS": options}
        process = self.start([home / "sentinel", "run", "--config", conf], name, port, env)
        return process, port, admin


def await_answer(process: subprocess.Popen, port: int, log: pathlib.Path) -> None:
    """Until it answers, whatever it answers."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        if process.poll() is not None:
            break
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
            connection.request("GET", "/forward")
            connection.getresponse().read()
            connection.close()
            return
        except OSError:
            time.sleep(0.005)
    raise SystemExit(f"{process.args[0]} did not start; its log: {log}\n{log.read_text(errors='replace')[-2000:]}")


def comparisons(admin: int) -> dict[str, dict[str, float]]:
    """What a Shadow Sentinel has counted: comparisons by route and outcome, and what was shed."""
    connection = http.client.HTTPConnection("127.0.0.1", admin, timeout=5)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    counted: dict[str, dict[str, float]] = {}
    pattern = r"shadow_sentinel_(?:comparisons|shed)_total\{([^}]*)\} ([0-9.eE+]+)"
    for labels, value in re.findall(pattern, text):
        pairs = dict(re.findall(r'(\w+)="([^"]*)"', labels))
        key = pairs.get("outcome") or "shed " + pairs.get("reason", "")
        routes = counted.setdefault(pairs["route"], {})
        routes[key] = routes.get(key, 0) + float(value)
    return counted


def compared(target: dict) -> float | None:
    """How many pairs the route of a target has compared so far; None for a target that compares nothing."""
    if not target.get("route"):
        return None
    outcomes = comparisons(target["admin"]).get(target["route"], {})
    return sum(outcomes.get(rated, 0) for rated in ("agree", "disagree", "challenger_error"))


def remove(directory: pathlib.Path) -> None:
    shutil.rmtree(directory, ignore_errors=True)
