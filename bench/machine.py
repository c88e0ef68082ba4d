"""What the numbers were measured on, and how a step's time and memory are taken."""

from __future__ import annotations

import os
import platform
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil


@dataclass(frozen=True)
class Step:
    """One measured step. Seconds are wall time; memory is the peak of the whole process tree, in MiB."""

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
    """Memory of the processes in MiB, shared pages counted once (proportional set size)."""
    total = 0.0
    for process in processes:
        try:
            total += process.memory_full_info().pss / 2**20
        except (psutil.Error, AttributeError):
            continue
    return total


def run_step(name: str, command: list[str], environment: dict[str, str], server: int | None) -> Step:
    """Run ``command`` and take its wall time and peak memory, with the database server's processes included.

    Raises RuntimeError with the command's last words if it fails.
    """
    peak = 0.0
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.perf_counter()
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
        seconds = time.perf_counter() - began
        thread.join()
        out.seek(0)
        err.seek(0)
        output, words = out.read(), err.read()
    if child.returncode:
        raise RuntimeError(f"{name}: {' '.join(command)} ended with {child.returncode}: {words[-400:]}")
    return Step(name, seconds, peak, output)
