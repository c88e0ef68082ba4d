"""Is a referral for teledermatoscopy complete? What is lacking, and why it is needed, before it is sent.

What makes a referral come back (:func:`reasons`) is the same list, and what can be wrong with its images.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, Self

from pydantic import model_validator

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "library" / "teledermatoscopy.yaml"


class Item(Definition):
    """One thing that the referral holds. A choice is answered yes, no or not known; unknown is an answer."""

    id: str
    kind: Literal["text", "choice", "image"]
    title: Title
    why: Title


class Fault(Definition):
    """What else a referral is returned for."""

    id: str
    title: Title


class ReferralContent(Definition):
    """``teledermatoscopy.yaml``."""

    to_verify: bool
    items: tuple[Item, ...]
    faults: tuple[Fault, ...]

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        ids = [*(item.id for item in self.items), *(fault.id for fault in self.faults)]
        if len(ids) != len(set(ids)):
            raise ValueError("two items or faults have the same id")
        return self


@dataclass(frozen=True)
class Reason:
    """Why a referral is returned: ``lacking`` says that the title is of something that is missing."""

    id: str
    title: Title
    lacking: bool


@cache
def content() -> ReferralContent:
    """What a referral holds."""
    return load(FILE, ReferralContent)


def lacking(given: Mapping[str, str]) -> tuple[Item, ...]:
    """What is missing in a referral, in order. ``given`` has the answers by the items' ids.

    Nothing of what is given is kept.
    """
    return tuple(item for item in content().items if not given.get(item.id, "").strip())


def reasons() -> tuple[Reason, ...]:
    """Why a referral may be returned: each item that can be missing, then the faults."""
    lacks = (Reason(item.id, item.title, lacking=True) for item in content().items)
    return (*lacks, *(Reason(fault.id, fault.title, lacking=False) for fault in content().faults))
