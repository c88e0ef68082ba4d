"""A restatement in words: the reason for a move, and by how much a number moved."""

from __future__ import annotations

from fyrbak.measures.restatement import PASSED, Move, Reason
from fyrbak.reports import formats
from fyrbak.reports.words import Words


def reason_text(reason: Reason, words: Words) -> str:
    """Such as ``sena rader: tumör från PAT``."""
    kind = words(f"restatement.{reason.kind}")
    if reason.kind == PASSED:
        return kind
    source = words("restatement.source", source=reason.source) if reason.source else ""
    return words(
        "restatement.reason", kind=kind, table=words(f"restatement.table.{reason.table}"), source=source
    )


def moved(move: Move, number: float | None, words: Words) -> str:
    """A number with its sign; what stands in its place where it is hidden; empty where there is none."""
    if move.suppression:
        return move.suppression.text(words.lang)
    if number is None:
        return ""
    lang = formats.language(words.lang)
    text = formats.decimal(number, 1, lang) if number % 1 else formats.integer(int(number), lang)
    return f"+{text}" if number > 0 else text
