"""Office files with the same bytes whenever they are made of the same paper.

Word and Excel files are zip packages. The libraries that write them put the clock into every entry and into
the document's properties; here both get the paper's own day instead.
"""

from __future__ import annotations

import re
import zipfile
from datetime import date
from io import BytesIO

_MODIFIED = re.compile(rb"(<dcterms:(created|modified)[^>]*>)[^<]*(</dcterms:)")


def packed(data: bytes, on: date) -> bytes:
    """The same package with its entries in order of name and dated by the paper."""
    out = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        for name in sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            content = given.read(name)
            if name == "docProps/core.xml":
                content = _MODIFIED.sub(rb"\g<1>%bT00:00:00Z\g<3>" % on.isoformat().encode(), content)
            entry = zipfile.ZipInfo(name, (max(on.year, 1980), on.month, on.day, 0, 0, 0))
            entry.compress_type = zipfile.ZIP_DEFLATED
            made.writestr(entry, content)
    return out.getvalue()
