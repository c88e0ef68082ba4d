"""The pages as they are served in use: by several processes at one address, which end together."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil

_PATIENCE = 120  # seconds; each process imports the whole house


def _answer(address: str, server: subprocess.Popen[bytes]) -> bytes:
    """What the address answers, as soon as somebody is there."""
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end and server.poll() is None:
        try:
            with urlopen(address, timeout=_PATIENCE) as page:  # noqa: S310 - on this machine
                return bytes(page.read())
        except URLError:
            time.sleep(0.2)
    raise AssertionError("nobody answered")


def test_several_processes_answer_and_end_together(prepared: str, home: Path) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    program = f"from fyrbak.web.serving import serve; serve(port={port}, processes=2)"
    house = {**os.environ, "FYRBAK_HOME": str(home), "DJANGO_SETTINGS_MODULE": "fyrbak.settings"}
    house.pop("FYRBAK_SECRET", None)
    server = subprocess.Popen([sys.executable, "-c", program], env=house)
    try:
        assert b"WCAG 2.2" in _answer(f"http://127.0.0.1:{port}/open/accessibility/", server)
        serving = psutil.Process(server.pid).children()
        assert len(serving) == 2
        # With keys of their own, each would take the other's sessions for ended.
        keys = {one.environ().get("FYRBAK_SECRET", "") for one in serving}
        assert len(keys) == 1
        assert all(keys)
    finally:
        server.terminate()
        server.wait(_PATIENCE)
    _, left = psutil.wait_procs(serving, timeout=_PATIENCE)
    assert not left
