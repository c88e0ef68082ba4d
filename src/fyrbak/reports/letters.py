"""The weekly letter in words, as plain text and as simple HTML. It names tasks and days, never a patient."""

from __future__ import annotations

import os
from datetime import date
from itertools import groupby

from django.template.loader import render_to_string
from django.urls import reverse

from fyrbak.goals.improvement.digest import Item
from fyrbak.goals.improvement.sending import Letter, Reader
from fyrbak.measures.definitions import Text
from fyrbak.reports import formats
from fyrbak.reports.words import Words

# The order of headings in a letter: what burns first.
KINDS = ("returned", "open_goals", "decision", "report", "meeting", "unready", "application", "corrections")


def address() -> str:
    """Where the pages are served, for links: FYRBAK_ADDRESS, or this machine."""
    return os.environ.get("FYRBAK_ADDRESS", "http://localhost:8000").rstrip("/")


def letter(reader: Reader, on: date) -> Letter:
    """The letter to one reader about what waits on a day."""
    lang = formats.language(reader.lang)
    words = Words(lang)
    ordered = sorted(reader.items, key=lambda item: KINDS.index(item.kind))
    groups = [
        (words(f"letter.kind.{kind}"), [_line(item, on, words) for item in items])
        for kind, items in groupby(ordered, key=lambda item: item.kind)
    ]
    told = {
        "lang": lang,
        "subject": words.counted(len(reader.items), "letter.subject", week=f"{on:%V}".lstrip("0")),
        "greeting": words("letter.greeting", name=reader.account.name),
        "groups": groups,
        "work": (words("letter.work"), address() + reverse("work")),
        "stop": (words("letter.stop"), address() + reverse("digest_choice")),
    }
    return Letter(
        subject=str(told["subject"]),
        text=render_to_string("reports/letter.txt", told),
        html=render_to_string("reports/letter.html", told),
        said=tuple(
            {
                "kind": item.kind,
                "text": text,
                "day": item.due.isoformat() if item.due else "",
                "address": link,
            }
            for item in ordered
            for text, _, link in [_line(item, on, words)]
        ),
    )


def _line(item: Item, on: date, words: Words) -> tuple[str, str, str]:
    """What waits, until when, and where it is done."""
    names = {
        name: words.text(value) if isinstance(value, Text) else value for name, value in item.names.items()
    }
    number, key = names.pop("number", None), f"letter.item.{item.kind}"
    text = words(key, **names) if number is None else words.counted(int(number), key, **names)
    return text, _until(item, on, words), address() + reverse(item.route, args=item.arguments)


def _until(item: Item, on: date, words: Words) -> str:
    if item.due is None:
        return ""
    key = "overdue" if item.due < on else "meets" if item.kind == "meeting" else "until"
    return words(f"letter.{key}", day=formats.day_in_text(item.due, formats.language(words.lang)))
