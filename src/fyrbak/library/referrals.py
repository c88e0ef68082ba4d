"""Is a referral for teledermatoscopy complete? What is lacking, and why it is needed, before it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Literal

from fyrbak.definitions import CONTENT, Definition, load
from fyrbak.pathways.shapes import Title

FILE = CONTENT / "library" / "teledermatoscopy.yaml"


class Item(Definition):
    """One thing that the referral holds. A choice is answered yes, no or not known; unknown is an answer."""

    id: str
    kind: Literal["text", "choice", "image"]
    title: Title
    why: Title


class ReferralContent(Definition):
    """``teledermatoscopy.yaml``."""

    to_verify: bool
    items: tuple[Item, ...]


@cache
def content() -> ReferralContent:
    """What a referral holds."""
    return load(FILE, ReferralContent)


def lacking(given: Mapping[str, str]) -> tuple[Item, ...]:
    """What is missing in a referral, in order. ``given`` has the answers by the items' ids.

    Nothing of what is given is kept.
    """
    return tuple(item for item in content().items if not given.get(item.id, "").strip())
