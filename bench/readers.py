"""Readers of a load test: each with a connection, a session and a walk of its own."""

from __future__ import annotations

import http.client
import random
import re
import threading
import time
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from statistics import quantiles
from urllib.parse import urlencode

from bench.load_home import PASSWORD, LoadHome, User
from bench.walks import Kind, kinds_of

_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_PICTURE = re.compile(r'<img src="(/[^"]*figures/[^"]+)"')
_SHOWN = re.compile(r'name="shown" value="(\d*)"')
_PATIENCE = 120  # seconds; the first page of a kind has to be counted
_FAULT = 400
PICTURE = "picture"  # what a reader looks at beside pages; a browser asks for each once


@dataclass
class Times:
    """How long the pages of one kind took, in milliseconds: the first one, and those of the walk."""

    first: float = 0.0
    taken: list[float] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def within(self, percent: int) -> float:
        """The time within which so many of a hundred were answered."""
        if len(self.taken) < 2:
            return sum(self.taken)
        return quantiles(self.taken, n=100, method="inclusive")[percent - 1]


class Reader:
    """One reader. ``lock`` guards the times that all readers write into."""

    def __init__(self, user: User, home: LoadHome, port: int, seed: int) -> None:
        self.user, self.kinds = user, list(kinds_of(user, home))
        self.random = random.Random(seed)  # noqa: S311 - nothing secret
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
        self.cookies: dict[str, str] = {}
        self.looked_at: set[str] = set()

    def sign_in(self) -> None:
        """Sign in as anybody does, with name and password."""
        _, page = self._ask("GET", "/login/")
        status, _ = self._post("/login/", page, {"username": self.user.name, "password": PASSWORD})
        if status >= _FAULT:
            raise RuntimeError(f"{self.user.name} could not sign in: {status}")

    def open_each_once(self, times: dict[str, Times], lock: threading.Lock) -> None:
        """Open every kind of page for the first time: the walk is among pages that somebody has seen."""
        for kind in self.kinds:
            took, fault, _ = self._open(kind)
            with lock:
                one = times.setdefault(kind.name, Times())
                one.first = max(one.first, took)
                one.faults += [fault] if fault else []

    def walk(self, times: dict[str, Times], lock: threading.Lock, seconds: float, think: float) -> None:
        """Open pages one after another, as often as their kinds are opened, and think between them.

        The first picture of a page is looked at as well, unless it has been before.
        """
        often = [kind.often for kind in self.kinds]
        time.sleep(self.random.uniform(0, 2 * think))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            (kind,) = self.random.choices(self.kinds, often)
            took, fault, page = self._open(kind)
            looked = self._look(page)
            with lock:
                times[kind.name].taken.append(took)
                times[kind.name].faults += [fault] if fault else []
                times.setdefault(PICTURE, Times()).taken += looked
            time.sleep(self.random.uniform(0, 2 * think))

    def _look(self, page: str) -> list[float]:
        """Have the page's first picture, if it is new to this reader; milliseconds of the answer."""
        found = _PICTURE.search(page)
        if found is None or found[1] in self.looked_at:
            return []
        self.looked_at.add(found[1])
        begun = time.perf_counter()
        status, _ = self._ask("GET", found[1])
        if status >= _FAULT:
            raise RuntimeError(f"{found[1]} could not be looked at: {status}")
        return [1000 * (time.perf_counter() - begun)]

    def _open(self, kind: Kind) -> tuple[float, str, str]:
        """Open a page, or send its form; milliseconds of the last answer, what went wrong, and the page."""
        path = kind.address(self.random)
        begun = time.perf_counter()
        status, page = self._ask("GET", path)
        if kind.sends is not None and status < _FAULT:
            begun = time.perf_counter()
            status, _ = self._post(path + kind.sends_to, page, dict(kind.sends))
        took = 1000 * (time.perf_counter() - begun)
        return took, f"{status} {path}" if status >= _FAULT else "", page

    def _post(self, path: str, page: str, fields: dict[str, str]) -> tuple[int, str]:
        for name, found in (("csrfmiddlewaretoken", _TOKEN.search(page)), ("shown", _SHOWN.search(page))):
            if found:
                fields[name] = found.group(1)
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str = "") -> tuple[int, str]:
        heads = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if body:
            heads["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, path, body or None, heads)
        answer = self.connection.getresponse()
        for told in answer.headers.get_all("Set-Cookie", []):
            self.cookies.update({name: one.value for name, one in SimpleCookie(told).items()})
        return answer.status, answer.read().decode()
