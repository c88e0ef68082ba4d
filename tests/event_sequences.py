"""Events for the tests of what may follow what: written in a line, or thought up by Hypothesis."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import strategies as st

from fyrbak.pathways.definitions import measuring_points
from fyrbak.pathways.events.walk import Event

FIRST, ON = date(2023, 12, 1), date(2024, 3, 15)
PATHWAYS = ["brost", "tjock_andtarm", "aos", "hjarna", "bukspottkortel", "okant"]
DAYS = st.integers(0, 110).map(lambda n: FIRST + timedelta(days=n))
# Starts, ends and transfers often enough that they meet; every other point now and then; one that is unknown.
POINTS = st.one_of(
    st.sampled_from(["10", "10", "91", "25", "50", "52", "78", "44"]),
    st.sampled_from([*measuring_points(), "99"]),
)


def written(text: str, key: str = "") -> Event:
    """``lunga 2024-01-02 10 variant=bas original_start=2023-12-20`` as an event."""
    pathway, day, point, *more = text.split()
    given = dict(word.split("=", 1) for word in more)
    start = given.get("original_start")
    return Event(
        pathway,
        point,
        date.fromisoformat(day),
        key,
        variant=given.get("variant", ""),
        original_start=date.fromisoformat(start) if start else None,
    )


@st.composite
def sequences(draw: st.DrawFn, most: int = 12) -> list[Event]:
    """One person's events in one or two pathways, on few days, so that they collide."""
    names = draw(st.lists(st.sampled_from(PATHWAYS), min_size=1, max_size=2))
    return [
        Event(
            draw(st.sampled_from(names)),
            draw(POINTS),
            draw(st.none() if draw(st.integers(0, 19)) == 0 else DAYS),
            f"k{number:02}",
            variant=draw(st.sampled_from(["", "", "", "bas", "utokad", "annan"])),
            original_start=draw(st.none() | DAYS),
            region=draw(st.sampled_from(["23", "24"])),
        )
        for number in range(draw(st.integers(1, most)))
    ]
