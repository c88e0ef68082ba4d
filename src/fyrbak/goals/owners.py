"""Whose plan a document is, where nobody has said so."""

from __future__ import annotations

import re
from collections import Counter

from fyrbak.errors import BadInputError
from fyrbak.goals.document_outline import outline_of_document
from fyrbak.goals.documents import Document, Kind
from fyrbak.records.organisations import organisation, regions

_FEWEST = 2  # mentions that make a region the likely owner


def owner_of(document: Document) -> str:
    """Code of the organisation that owns the document's plan.

    A follow-up belongs to the RCC whose regions stand in its columns; an action plan to the region that it
    speaks of most, by name or short name. Raises BadInputError when neither can be told.
    """
    if document.kind is Kind.FOLLOW_UP:
        return outline_of_document(document).owner
    texts = " ".join(cell.text for area in document.areas for row in area.rows for _, cell in row.cells())
    mentions: Counter[str] = Counter()
    for place in regions():
        names = {place.name_sv, place.short} - {""}
        mentions[place.code] = sum(len(re.findall(rf"\b{re.escape(name)}\b", texts)) for name in names)
    (likely, times), (_, next_times) = mentions.most_common(2)
    if times < _FEWEST or times == next_times:
        raise BadInputError(
            f"{document.file}: the document does not tell which region it belongs to. "
            "Import it with: fyrbak plan import FILE --owner CODE --level local."
        )
    return organisation(likely).code
