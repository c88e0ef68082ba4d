"""Progress on the terminal, the same for every command that takes more than a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Share = Callable[[str, float], None]


def console() -> Console:
    """Standard error, so that answers on standard output stay clean. Only the terminal breaks lines."""
    return Console(stderr=True, highlight=False, soft_wrap=True)


@contextmanager
def shown(title: str) -> Iterator[Share]:
    """A bar that is told what is being done and how much of it is done, from 0 to 1.

    Where nobody watches (a file, a pipe) there is no bar, so that errors stay one line.
    """
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    terminal = console()
    watched = terminal.is_interactive
    with Progress(*columns, console=terminal, transient=True, disable=not watched) as progress:
        task = progress.add_task(title, total=1.0)

        def tell(what: str, share: float) -> None:
            progress.update(task, description=f"{title}: {what}" if what else title, completed=share)

        yield tell
