"""Bringing a document in: the file is kept, doubtful cells are looked at, and then it becomes an edition.

The review can be left at any time, and withdrawn. A file that cannot be read changes nothing of what was read
and said.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from fyrbak.errors import BadInputError, FyrbakError
from fyrbak.goals import models as m
from fyrbak.goals.documents import Cell, Document, Lines, read_data
from fyrbak.goals.documents.kept import corrected, document_from_json
from fyrbak.goals.importing import STRATEGY, Imported, import_document
from fyrbak.goals.outline import parse_level
from fyrbak.goals.plans.editions import LEVELS
from fyrbak.goals.plans.faults import FieldError, refuse
from fyrbak.records.models import Organisation

MOST_BYTES = 10 * 2**20
_LONGEST_LABEL = 60
_LONGEST_NAME = 200
_OFF_SCALE = "the cell holds something else than a level"


@dataclass(frozen=True)
class ReviewedCell:
    """A cell of a document under review: as read, and what a person says that it holds, if anybody has."""

    row: str
    field: str
    read: Cell
    said: str | None
    source: tuple[str, ...]
    """The lines of the file that it was read from, for flat text."""

    @property
    def text(self) -> str:
        """What the cell holds as far as is known."""
        return self.read.text if self.said is None else self.said

    @property
    def open(self) -> bool:
        """Whether it is doubtful and nobody has said what it holds."""
        return bool(self.read.doubtful) and self.said is None


@dataclass(frozen=True)
class Review:
    """An upload as its page shows it. Without a readable file there is no document and there are no cells."""

    upload: m.PlanUpload
    latest: m.UploadFile
    document: Document | None
    cells: tuple[ReviewedCell, ...]

    @property
    def open(self) -> tuple[ReviewedCell, ...]:
        """The doubtful cells that are left, in the document's order."""
        return tuple(cell for cell in self.cells if cell.open)

    @property
    def doubtful(self) -> int:
        """How many cells were doubtful when the document was read."""
        return sum(bool(cell.read.doubtful) for cell in self.cells)

    def row(self, number: str) -> tuple[ReviewedCell, ...]:
        """The cells of one row or area."""
        return tuple(cell for cell in self.cells if cell.row == number)


@dataclass(frozen=True)
class Begun:
    """A review that has become no edition, withdrawn or not, and what its latest file is called."""

    upload: m.PlanUpload
    file: str


@transaction.atomic
def begin_upload(
    *, owner: Organisation, level: str, label: str, name: str, data: bytes, by_name: str, at: datetime
) -> m.PlanUpload:
    """Begin to bring a document in. A file that cannot be read is kept too, with the reason.

    Raises FaultyError for an empty or too large file, and for a label or level that cannot be.
    """
    faults = _file_faults(data)
    if not 0 < len(label.strip()) <= _LONGEST_LABEL:
        faults.append(
            FieldError(
                "label", f"the edition needs a name of 1 to {_LONGEST_LABEL} letters.",
                word="plans.fault.label", most=_LONGEST_LABEL,
            )
        )  # fmt: skip
    if level not in LEVELS.get(owner.kind, ()):
        faults.append(FieldError("level", f"{owner} has no plans on that level.", word="plans.fault.level"))
    refuse(faults)
    upload = m.PlanUpload.objects.create(
        owner=owner, level=level, label=label.strip(), by_name=by_name, at=at
    )
    _keep(upload, name, data, by_name, at)
    return upload


@transaction.atomic
def bring_file(*, upload: m.PlanUpload, name: str, data: bytes, by_name: str, at: datetime) -> m.UploadFile:
    """Bring another file for the same review. What was said of cells holds where the new file has them.

    Raises FaultyError for an empty or too large file, BadInputError when the review has become an edition.
    """
    _unfinished(upload)
    refuse(_file_faults(data))
    return _keep(upload, name, data, by_name, at)


@transaction.atomic
def answer(
    *, upload: m.PlanUpload, row: str, field: str, text: str, by_name: str, at: datetime
) -> m.UploadAnswer:
    """Say what a cell holds. Raises BadInputError for a cell that the document does not have."""
    _unfinished(upload)
    if not any(cell.field == field for cell in review(upload).row(row)):
        raise BadInputError(f"the document has no cell {field} in {row}.", word="plans.fault.no_cell")
    said = "\n".join(line.rstrip() for line in text.splitlines()).strip()
    return m.UploadAnswer.objects.create(
        upload=upload, row=row, field=field, text=said, by_name=by_name, at=at
    )


@transaction.atomic
def accept_rest(*, upload: m.PlanUpload, by_name: str, at: datetime) -> int:
    """Say that every doubtful cell that is left was read right; return how many there were."""
    _unfinished(upload)
    left = review(upload).open
    m.UploadAnswer.objects.bulk_create(
        m.UploadAnswer(upload=upload, row=cell.row, field=cell.field, text=cell.text, by_name=by_name, at=at)
        for cell in left
    )
    return len(left)


@transaction.atomic
def store(
    *,
    upload: m.PlanUpload,
    adopted: bool,
    follows: m.PlanEdition | None = None,
    by_name: str,
    at: datetime,
) -> Imported:
    """Make the reviewed document an edition: a draft, or one that was adopted already.

    ``follows`` is the edition that it takes the place of; rows with the same words go on with its lineages.
    Raises BadInputError while doubtful cells are left, when another edition follows that one, or when the
    document as corrected still cannot be a plan.
    """
    _unfinished(upload)
    found = review(upload)
    if found.document is None or found.open:
        raise BadInputError(
            f"{len(found.open)} doubtful cells are left. Look at them, or accept them as they are.",
            word="plans.fault.doubts_left", left=len(found.open),
        )  # fmt: skip
    if not m.PlanEdition.objects.filter(key__startswith=STRATEGY).exists():
        raise BadInputError(
            "the national plans are not stored yet. Run: fyrbak plan load-strategy.",
            word="plans.fault.no_strategy",
        )
    if follows and m.PlanEdition.objects.filter(supersedes=follows).exists():
        raise BadInputError(
            f"another edition follows {follows} already.", word="plans.fault.followed", label=follows.label
        )
    answers = {(cell.row, cell.field): cell.said for cell in found.cells if cell.said is not None}
    imported = import_document(
        corrected(found.document, answers), owner=upload.owner_id, level=upload.level, label=upload.label,
        at=at, draft=not adopted, follows=follows,
    )  # fmt: skip
    if not imported.new:
        raise BadInputError(
            f"the same file is stored already, as {imported.edition}.",
            word="plans.fault.stored", label=imported.edition.label,
        )  # fmt: skip
    edition = imported.edition
    if adopted:
        edition.adopted_on, edition.adopted_by = at.date(), by_name
        edition.save(update_fields=["adopted_on", "adopted_by"])
    upload.edition = edition
    upload.save(update_fields=["edition"])
    return imported


@transaction.atomic
def withdraw(*, upload: m.PlanUpload, why: str, by_name: str, at: datetime) -> None:
    """Say that nobody goes on with a review. What was sent and said is kept.

    Raises FaultyError without a reason, BadInputError when it has become an edition or is withdrawn already.
    """
    _unfinished(upload)
    if not why.strip():
        refuse([FieldError("why", "a review is withdrawn for a reason. Say why.", word="plans.fault.why")])
    upload.withdrawn_why, upload.withdrawn_by, upload.withdrawn_at = why.strip(), by_name, at
    upload.save(update_fields=["withdrawn_why", "withdrawn_by", "withdrawn_at"])


def begun(owners: Collection[str]) -> list[Begun]:
    """The reviews of these owners that have become no edition, the latest first. Two queries."""
    found = m.PlanUpload.objects.filter(edition__isnull=True, owner__in=owners).select_related("owner")
    names = m.UploadFile.objects.filter(upload__in=found).order_by("id").values_list("upload_id", "name")
    latest = dict(names)
    return [Begun(one, latest[one.pk]) for one in found.order_by("-at")]


def review(upload: m.PlanUpload) -> Review:
    """What there is to look at: the latest file that could be read, with what was said of its cells."""
    files = list(upload.files.order_by("-id"))
    read = next((file for file in files if file.document is not None), None)
    if read is None:
        return Review(upload, files[0], None, ())
    document = document_from_json(read.document or {})
    said = {(one.row, one.field): one.text for one in upload.answers.order_by("id")}
    lines = _lines(bytes(read.data))
    cells = tuple(
        ReviewedCell(row, field, cell, said.get((row, field)), _source(cell, lines))
        for row, field, cell in _cells(document)
    )
    return Review(upload, files[0], document, cells)


def _cells(document: Document) -> Iterator[tuple[str, str, Cell]]:
    """Every cell with its row and field. A level that is on no scale is doubtful too."""
    for area in document.areas:
        for owner in (area, *area.rows):
            for field, cell in owner.cells():
                off = field.startswith("levels.") and not cell.doubtful and not _on_scale(cell.text)
                yield owner.id, field, Cell(cell.text, cell.place, _OFF_SCALE) if off else cell


def _on_scale(text: str) -> bool:
    try:
        parse_level(text, ("U", "P", "E"))
    except BadInputError:
        return False
    return True


def _lines(data: bytes) -> list[str]:
    """The lines of flat text; a file of another kind has none."""
    try:
        return data.decode("utf-8-sig").replace("\r\n", "\n").split("\n")
    except UnicodeDecodeError:
        return []


def _source(cell: Cell, lines: list[str]) -> tuple[str, ...]:
    place = cell.place
    if not isinstance(place, Lines):
        return ()
    return tuple(line.strip() for line in lines[place.first - 1 : place.last] if line.strip())


def _keep(upload: m.PlanUpload, name: str, data: bytes, by_name: str, at: datetime) -> m.UploadFile:
    """Keep a file with what was read out of it, or with the reason why nothing could be."""
    document, fault = None, {}
    try:
        document = read_data(data, name).as_json()
    except FyrbakError as error:
        fault = {"line": str(error), "word": error.word, "names": error.names}
    return m.UploadFile.objects.create(
        upload=upload, name=name[:_LONGEST_NAME], sha256=hashlib.sha256(data).hexdigest(), data=data,
        document=document, fault=fault, by_name=by_name, at=at,
    )  # fmt: skip


def _file_faults(data: bytes) -> list[FieldError]:
    if not data.strip():
        return [
            FieldError("file", "the file is empty. Give the document itself.", word="plans.unreadable.empty")
        ]
    if len(data) > MOST_BYTES:
        most = MOST_BYTES // 2**20
        return [
            FieldError(
                "file", f"the file is larger than {most} MB. Take pictures out of it.",
                word="plans.fault.large", most=most,
            )
        ]  # fmt: skip
    return []


def _unfinished(upload: m.PlanUpload) -> None:
    locked = m.PlanUpload.objects.select_for_update().get(pk=upload.pk)
    if locked.edition_id:
        raise BadInputError(
            "the document has become a plan already. Go on in the plan.", word="plans.fault.finished"
        )
    if locked.withdrawn_at:
        raise BadInputError(
            "the review has been withdrawn. Bring the document in anew.", word="plans.fault.withdrawn"
        )
