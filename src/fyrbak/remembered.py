"""What a process has put together and need not put together again."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Generic, TypeVar

T = TypeVar("T")


class Remembered(Generic[T]):
    """Answers by what they rest on. Of more than ``most`` the one that was kept first goes.

    What an answer rests on must all be part of its key: nothing here grows old by itself. Threads may share
    it; two that ask for the same at once may both put it together, and one of the answers stays.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._answers: dict[Hashable, T] = {}
        self._changing = threading.Lock()

    def get(self, key: Hashable) -> T | None:
        """The answer that is kept; None if there is none."""
        return self._answers.get(key)

    def keep(self, key: Hashable, answer: T) -> T:
        """Keep an answer, and give it back."""
        with self._changing:
            self._answers[key] = answer
            while len(self._answers) > self._most:
                del self._answers[next(iter(self._answers))]
        return answer

    def of(self, key: Hashable, make: Callable[[], T]) -> T:
        """The answer that is kept, or what ``make`` gives, which is kept from then on. None is never kept."""
        found = self.get(key)
        return self.keep(key, make()) if found is None else found

    def clear(self) -> None:
        """Forget everything."""
        with self._changing:
            self._answers.clear()
