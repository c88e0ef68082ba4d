"""Serving the pages to this machine: processes that share one socket, so that every core has its part.

    python -m fyrbak.web.serving DESCRIPTOR

is one of them. Each is started anew, since one that has counted cannot be forked.
"""

from __future__ import annotations

import atexit
import gc
import logging
import os
import signal
import socket
import subprocess
import sys

from fyrbak import settings

THREADS = 4  # of each process: more would only wait for each other
_BACKLOG = 1024
_ALLOCATIONS = 50_000  # after so many more objects Python looks for garbage; a page makes about as many


def serve(*, port: int, processes: int | None = None) -> None:
    """Serve until interrupted or ended, by default with one process for each core."""
    with socket.socket() as shared:
        shared.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        shared.bind(("127.0.0.1", port))
        shared.listen(_BACKLOG)
        number = shared.fileno()
        command = [sys.executable, "-m", "fyrbak.web.serving", str(number)]
        # All sign with one key: a session that one of them began is the others' too.
        house = {**os.environ, "FYRBAK_HOME": str(settings.HOME), "FYRBAK_SECRET": settings.SECRET_KEY}
        children = [
            subprocess.Popen(command, pass_fds=[number], env=house)
            for _ in range(processes or os.cpu_count() or 1)
        ]
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            os.wait()  # one that ends by itself takes the others with it
        except KeyboardInterrupt:
            pass
        finally:
            for child in children:
                child.terminate()


def _answer(number: int) -> None:
    """Answer those who come to the shared socket with this number."""
    import waitress

    from fyrbak.web.wsgi import application

    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # that somebody waits a moment is no news
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # whoever started it says when it ends
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    _leave_alone_what_stays()
    _warm()
    waitress.serve(application, sockets=[socket.socket(fileno=number)], threads=THREADS, _quiet=True)
    # Threads that count would be torn apart while Python ends: the house is left in order, and then at once.
    atexit._run_exitfuncs()
    os._exit(0)


def _warm() -> None:
    """Begin with what the first readers would wait for. It reads tables, so Django has to be set up first."""
    from fyrbak.web.warming import begin_to_warm

    begin_to_warm()


def _leave_alone_what_stays() -> None:
    """Let Python not look through the whole house for garbage: what has been read by now stays.

    What pages leave behind is mostly gone as soon as they are answered; looked for seldom, it costs little.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_ALLOCATIONS, 20, 20)


if __name__ == "__main__":
    _answer(int(sys.argv[1]))
