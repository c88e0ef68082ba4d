"""``make load``: fifty coordinators at once on a country of plans, and how long each kind of page takes them.

A real server on this machine, in processes of its own. Every reader has a connection, a session and a walk of
its own, and thinks for a while between pages. Afterwards the report of the whole country is written, and the
questions to the database are counted page by page.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

from bench.machine import describe

if TYPE_CHECKING:
    from bench.load_home import LoadHome
    from bench.readers import Times

AIM = 150  # milliseconds within which 95 of 100 pages are to be answered


def main() -> None:
    parser = argparse.ArgumentParser(prog="bench.load", description=__doc__)
    parser.add_argument("--users", type=int, default=50)
    parser.add_argument("--seconds", type=int, default=90, help="how long they walk")
    parser.add_argument("--think", type=float, default=2.0, help="seconds between pages, on average")
    parser.add_argument("--processes", type=int, default=os.cpu_count() or 1, help="of the server")
    parser.add_argument("--regions", type=int, default=21)
    parser.add_argument("--goals", type=int, default=200, help="of each plan")
    parser.add_argument("--years", type=int, default=6, help="of rounds")
    parser.add_argument("--persons", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", type=Path, help="folder to work in and keep, or one kept before; otherwise a temporary one"
    )
    given = parser.parse_args()
    folder = given.keep or Path(tempfile.mkdtemp(prefix="fyrbak-load-"))
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o755)  # under root PostgreSQL runs as another user
    os.environ["FYRBAK_HOME"] = str(folder)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fyrbak.settings")
    import django

    django.setup()
    try:
        _run(given, folder)
    finally:
        if not given.keep:
            shutil.rmtree(folder, ignore_errors=True)


def say(line: str) -> None:
    """A line of the benchmark's output."""
    print(line, flush=True)  # noqa: T201 - its output


def _run(given: argparse.Namespace, folder: Path) -> None:
    from bench.load_home import make_home
    from plan_country import Size

    say(f"machine: {describe()}")
    begun = time.perf_counter()
    size = Size(regions=given.regions, goals=given.goals, years=given.years)
    home = make_home(folder, size=size, persons=given.persons, users=given.users, seed=given.seed)
    say(f"home at hand in {time.perf_counter() - begun:.0f} s: {size}, {given.persons:,} persons")
    with _server(given.processes) as (process, port):
        _walk(given, home, port, process)
    _report(home, folder)
    _questions(home)


@contextmanager
def _server(processes: int) -> Iterator[tuple[psutil.Process, int]]:
    """The server as it is in use, in a process of its own with children; its port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = f"from fyrbak.web.serving import serve; serve(port={port}, processes={processes})"
    server = subprocess.Popen([sys.executable, "-c", program])
    try:
        yield psutil.Process(server.pid), port
    finally:
        server.terminate()
        server.wait()


def _walk(given: argparse.Namespace, home: LoadHome, port: int, server: psutil.Process) -> None:
    """Let everybody sign in, see each kind of page once, and walk; say how long it took."""
    from bench.readers import Reader

    times: dict[str, Times] = {}
    lock = threading.Lock()
    _until_it_answers(port)
    readers = [Reader(user, home, port, given.seed + n) for n, user in enumerate(home.users)]
    for reader in readers:
        reader.sign_in()
    for reader in readers:
        reader.open_each_once(times, lock)
    walks = [
        threading.Thread(target=reader.walk, args=(times, lock, given.seconds, given.think))
        for reader in readers
    ]
    busy = _Busy(server)
    for walk in walks:
        walk.start()
    for walk in walks:
        walk.join()
    _tell(times, given, busy)


def _until_it_answers(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise RuntimeError("the server did not start within a minute")


def _tell(times: dict[str, Times], given: argparse.Namespace, busy: _Busy) -> None:
    """A line for each kind of page, and what they took together."""
    from bench.readers import PICTURE, Times

    say(f"{given.users} readers for {given.seconds} s, {given.think} s between pages on average")
    say(f"\n{'kind of page':<24}{'pages':>7}{'first':>8}{'p50':>8}{'p95':>8}{'max':>8}  milliseconds")
    every = Times(taken=[took for name, one in times.items() if name != PICTURE for took in one.taken])
    for name, one in [*times.items(), ("all", every)]:
        late = f"  over {AIM}" if one.within(95) > AIM else ""
        wrong = f"  {len(one.faults)} faults, such as {one.faults[0]}" if one.faults else ""
        say(
            f"{name:<24}{len(one.taken):>7}{one.first:>8.0f}{one.within(50):>8.0f}{one.within(95):>8.0f}"
            f"{max(one.taken, default=0):>8.0f}{late}{wrong}"
        )
    say(f"{len(every.taken) / given.seconds:.1f} pages a second; {busy.told(len(every.taken))}")


class _Busy:
    """Processor time from now on: of the server with its database, and of all else on the machine."""

    def __init__(self, server: psutil.Process) -> None:
        self.server, self.begun = server, time.perf_counter()
        self.own, self.all = self._own(), self._all()

    def _own(self) -> dict[int, float]:
        databases = (one for one in psutil.process_iter() if one.name() == "postgres")
        found = {}
        for one in (self.server, *self.server.children(recursive=True), *databases):
            try:
                found[one.pid] = one.cpu_times().user + one.cpu_times().system
            except psutil.Error:
                continue
        return found

    @staticmethod
    def _all() -> float:
        return float(sum(psutil.cpu_times()[:3]))

    def told(self, pages: int) -> str:
        """The same in words, for so many pages."""
        own = sum(taken - self.own.get(pid, 0.0) for pid, taken in self._own().items())
        rest = (self._all() - self.all - own) / (time.perf_counter() - self.begun)
        return (
            f"{1000 * own / max(pages, 1):.1f} ms of processor for each, databases included; "
            f"readers and all else on the machine kept {rest:.2f} cores busy"
        )


def _report(home: LoadHome, folder: Path) -> None:
    """The whole country's report: the nation's plan with the last frozen round, in three forms."""
    from fyrbak.goals.frozen import frozen_rounds
    from fyrbak.goals.selectors import outline_of_edition
    from fyrbak.records.snapshot import Snapshot
    from fyrbak.reports.writing import write_report

    follow_up = frozen_rounds().filter(edition=home.country.national[-1]).first()
    outline = outline_of_edition(home.country.national[-1], follow_up)
    opened, begun = Snapshot.open(folder / "snapshot", verify=False), time.perf_counter()
    before = time.process_time()
    write_report(outline, opened, folder / "report", "sv")
    say(
        f"\nthe whole country's report (HTML, PDF, Excel): {time.perf_counter() - begun:.1f} s, "
        f"{time.process_time() - before:.1f} s of processor"
    )


def _questions(home: LoadHome) -> None:
    """How many questions each kind of page puts to the database when it has been opened before."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    from bench.load_home import signed_in
    from bench.walks import kinds_of
    from fyrbak.database import as_pages

    as_pages()
    asked: dict[str, int] = {}
    for user in {user.role.value + user.place[:3]: user for user in home.users}.values():
        client = signed_in(user)
        for kind in kinds_of(user, home):
            if kind.name not in asked:
                path = kind.address(random.Random(1))  # noqa: S311 - nothing secret
                client.get(path)
                with CaptureQueriesContext(connection) as found:
                    client.get(path)
                asked[kind.name] = len(found)
    say("\nquestions to the database: " + ", ".join(f"{name} {number}" for name, number in asked.items()))


if __name__ == "__main__":
    main()
