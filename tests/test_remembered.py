"""What a process remembers: by what it rests on, so many and no more, also where threads share it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from fyrbak.remembered import Remembered


def test_what_rests_on_the_same_is_made_once() -> None:
    kept = Remembered[list[str]](2)
    made: list[int] = []

    def make() -> list[str]:
        made.append(1)
        return []  # nothing found is an answer too

    assert kept.of(("snapshot", 1), make) is kept.of(("snapshot", 1), make)
    assert len(made) == 1
    kept.of(("snapshot", 2), make)
    assert len(made) == 2


def test_of_many_the_first_goes() -> None:
    kept = Remembered[int](2)
    for number in (1, 2, 3):
        kept.keep(number, number)
    assert [kept.get(number) for number in (1, 2, 3)] == [None, 2, 3]


def test_an_answer_that_is_put_together_anew_takes_no_more_room() -> None:
    kept = Remembered[str](2)
    for answer in ("old", "new"):
        kept.keep("a", answer)
    kept.keep("b", "other")
    assert (kept.get("a"), kept.get("b")) == ("new", "other")


def test_threads_share_it() -> None:
    kept = Remembered[int](3)
    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(lambda n: kept.of(n % 50, lambda: n % 50), range(20_000)))
    assert answers == [n % 50 for n in range(20_000)]
    assert sum(kept.get(n) is not None for n in range(50)) == 3


def test_all_is_forgotten() -> None:
    kept = Remembered[int](3)
    kept.keep("a", 1)
    kept.clear()
    assert kept.get("a") is None
