"""What the numbers were measured on, and how a step's time and memory are taken."""

from __future__ import annotations

import os
import platform
import resource
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Step:
    """One measured step: its own seconds by the wall, and the peak memory of its process tree in MiB."""

    name: str
    seconds: float
    peak_mib: float
    output: str


def describe() -> str:
    """One line about the machine: processor, cores, memory, system, Python."""
    model = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        lines = cpuinfo.read_text().splitlines()
        model = next((line.split(":", 1)[1].strip() for line in lines if "model name" in line), model)
    memory = psutil.virtual_memory().total / 2**30
    system = f"{platform.system()}, Python {platform.python_version()}"
    return f"{model}, {os.cpu_count()} cores, {memory:.0f} GiB, {system}"


def _mib(processes: list[psutil.Process]) -> float:
    """Memory of the processes in MiB, with what they share counted once.

    The exact share of each page would cost more time than the steps themselves.
    """
    own, shared = 0, 0
    for process in processes:
        try:
            memory = process.memory_info()
        except psutil.Error:
            continue
        own += memory.rss - memory.shared
        shared = max(shared, memory.shared)
    return (own + shared) / 2**20


@dataclass(frozen=True)
class Run:
    """One command from start to end: seconds by the wall and of the processor, and what it said."""

    seconds: float
    processor: float
    said: str

    def told(self) -> str:
        """The figures in words, with the greatest memory of any command until now."""
        peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
        return f"{self.seconds:>8.2f} s, of the processor {self.processor:.1f} s; peak so far {peak:,.0f} MiB"


def timed(command: list[str]) -> Run:
    """Run a command and take its time; ``said`` is its standard error. Raises CalledProcessError."""
    began, used = time.perf_counter(), _processor()
    found = subprocess.run(command, check=True, capture_output=True, text=True)
    return Run(time.perf_counter() - began, _processor() - used, found.stderr)


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def run_step(name: str, command: list[str], environment: dict[str, str], server: int | None) -> Step:
    """Run ``command``, whose last line of output is its seconds, and take its peak memory.

    The database server's processes are included in the memory. Raises RuntimeError with the command's last
    words if it fails.
    """
    peak = 0.0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        child = subprocess.Popen(command, stdout=out, stderr=err, env={**os.environ, **environment})
        watched = psutil.Process(child.pid)

        def watch() -> None:
            nonlocal peak
            while child.poll() is None:
                try:
                    tree = [watched, *watched.children(recursive=True)]
                    if server:
                        postmaster = psutil.Process(server)
                        tree += [postmaster, *postmaster.children()]
                    peak = max(peak, _mib(tree))
                except psutil.Error:
                    pass
                time.sleep(0.25)

        thread = threading.Thread(target=watch)
        thread.start()
        child.wait()
        thread.join()
        out.seek(0)
        err.seek(0)
        output, words = out.read(), err.read()
    if child.returncode:
        raise RuntimeError(f"{name}: {' '.join(command)} ended with {child.returncode}: {words[-400:]}")
    *said, seconds = output.split()
    return Step(name, float(seconds), peak, " ".join(said))
