"""Progress on the terminal, the same for every command that takes more than a moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

Share = Callable[[str, float], None]


def console() -> Console:
    """Standard error, so that answers on standard output stay clean."""
    return Console(stderr=True, highlight=False)


@contextmanager
def shown(title: str) -> Iterator[Share]:
    """A bar that is told what is being done and how much of it is done, from 0 to 1."""
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console(), transient=True) as progress:
        task = progress.add_task(title, total=1.0)

        def tell(what: str, share: float) -> None:
            progress.update(task, description=f"{title}: {what}" if what else title, completed=share)

        yield tell
