"""What the machine is, what is installed on it, and what its processes use."""

from __future__ import annotations

import glob
import os
import pathlib
import platform
import re
import shutil
import subprocess

HOME = pathlib.Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
PACKAGES = {"wrk": "wrk", "nginx": "nginx-light", "haproxy": "haproxy"}


def install_tools() -> None:
    """Installs what is missing from Debian's packages."""
    os.environ["PATH"] += ":/usr/sbin:/usr/local/sbin"
    missing = [package for command, package in PACKAGES.items() if not shutil.which(command)]
    if not missing:
        return
    root = [] if os.getuid() == 0 else ["sudo", "-n"]
    environment = ["env", "DEBIAN_FRONTEND=noninteractive", "RUNLEVEL=1"]
    print("installing " + " ".join(missing), flush=True)
    subprocess.run([*root, *environment, "apt-get", "-qq", "update"], check=False)
    subprocess.run(
        [*root, *environment, "apt-get", "-qq", "install", "-y", "--no-install-recommends", *missing],
        check=True,
        stdout=subprocess.DEVNULL,
    )


def jdks() -> dict[str, int]:
    """The homes of the oldest and the newest JDK from 17 on: version by home."""
    found = {}
    homes = glob.glob("/usr/lib/jvm/*")
    if os.environ.get("JAVA_HOME"):
        homes.append(os.environ["JAVA_HOME"])
    for home in homes:
        version = jdk_version(home)
        if version >= 17:
            found.setdefault(version, os.path.realpath(home))
    return {found[version]: version for version in sorted({min(found), max(found)})} if found else {}


def jdk_version(home: str) -> int:
    """The feature version of a Java home; 0 when it is none."""
    try:
        release = pathlib.Path(home, "release").read_text()
    except OSError:
        return 0
    version = re.search(r'JAVA_VERSION="(\d+)', release)
    return int(version[1]) if version and pathlib.Path(home, "bin/java").exists() else 0


def jdk_name(home: str) -> str:
    """A Java home's version in full, as in 17.0.15+6-Debian."""
    release = pathlib.Path(home, "release").read_text()
    version = re.search(r'JAVA_RUNTIME_VERSION="([^"]+)"', release) or re.search(r'JAVA_VERSION="([^"]+)"', release)
    return version[1] if version else "of unknown version"


def describe() -> dict:
    """The machine, for the report."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memoryGiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release(),
        "nginx": first_line("nginx", "-v"),
        "haproxy": first_line("haproxy", "-v"),
        "wrk": first_line("wrk", "-v"),
        "commit": commit(HOME),
    }


def commit(home: pathlib.Path) -> str:
    """What a checkout has checked out."""
    out = subprocess.run(
        ["git", "-C", str(home), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return out.stdout.strip() or "unknown"


def first_line(*command: str) -> str:
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return (out.stdout + out.stderr).strip().split("\n")[0]


def tree(pid: int) -> list[int]:
    """A process and those it started."""
    parents = {}
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                fields = pathlib.Path("/proc", entry, "stat").read_text().rsplit(")", 1)[1].split()
            except OSError:
                continue
            parents.setdefault(int(fields[1]), []).append(int(entry))
    members, queue = [], [pid]
    while queue:
        member = queue.pop()
        members.append(member)
        queue += parents.get(member, [])
    return members


def cpu_seconds(pid: int) -> float:
    """User and system time of a process and those it started."""
    total = 0
    for member in tree(pid):
        try:
            fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / TICKS


def compiler_seconds(pid: int) -> float:
    """The time of a JVM's compilers, which is how much of its cost will pass; 0 for what is no JVM."""
    total = 0
    for task in glob.glob(f"/proc/{pid}/task/*"):
        try:
            name, fields = pathlib.Path(task, "stat").read_text().split("(", 1)[1].rsplit(")", 1)
        except OSError:
            continue
        if re.match("C[12] Compiler", name):
            total += sum(int(n) for n in fields.split()[11:13])
    return total / TICKS


def busy_seconds() -> float:
    """The time that all cores were busy, for whomever."""
    fields = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def rss_mb(pid: int) -> float:
    """Resident memory of a process and those it started, in MiB."""
    total = 0
    for member in tree(pid):
        try:
            status = pathlib.Path(f"/proc/{member}/status").read_text()
        except OSError:
            continue
        resident = re.search(r"VmRSS:\s+(\d+)", status)
        total += int(resident[1]) if resident else 0
    return total / 1024
