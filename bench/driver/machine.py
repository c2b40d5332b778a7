"""What the machine is, what is installed on it, and what its processes use."""

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


def install_tools():
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


def jdks():
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


def jdk_version(home):
    """The feature version of a Java home; 0 when it is none."""
    try:
        release = pathlib.Path(home, "release").read_text()
    except OSError:
        return 0
    version = re.search(r'JAVA_VERSION="(\d+)', release)
    return int(version[1]) if version and pathlib.Path(home, "bin/java").exists() else 0


def describe():
    """The machine, for the report."""
    model = re.search(r"model name\s*:\s*(.*)", pathlib.Path("/proc/cpuinfo").read_text())
    commit = subprocess.run(
        ["git", "-C", str(HOME), "describe", "--always", "--dirty"], capture_output=True, text=True, check=False
    )
    return {
        "cpu": model[1] if model else platform.machine(),
        "cores": len(os.sched_getaffinity(0)),
        "memoryGiB": round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30),
        "kernel": platform.release(),
        "nginx": first_line("nginx", "-v"),
        "haproxy": first_line("haproxy", "-v"),
        "wrk": first_line("wrk", "-v"),
        "commit": commit.stdout.strip() or "unknown",
    }


def first_line(*command):
    out = subprocess.run(command, capture_output=True, text=True, check=False)
    return (out.stdout + out.stderr).strip().split("\n")[0]


def tree(pid):
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


def cpu_seconds(pid):
    """User and system time of a process and those it started."""
    total = 0
    for member in tree(pid):
        try:
            fields = pathlib.Path(f"/proc/{member}/stat").read_text().rsplit(")", 1)[1].split()
            total += int(fields[11]) + int(fields[12])
        except OSError:
            continue
    return total / TICKS


def busy_seconds():
    """The time that all cores were busy, for whomever."""
    fields = [int(n) for n in pathlib.Path("/proc/stat").read_text().split("\n")[0].split()[1:9]]
    return (sum(fields) - fields[3] - fields[4]) / TICKS


def rss_mb(pid):
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
