"""A registrar sends a file on a page: sees what it would do, lets it in, and reads what became of it."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from accounts import account
from deliveries import layout_folder, person, take
from fhir import bundle, observation, patient
from fyrbak.access.backends import BACKEND
from fyrbak.access.roles import Role
from fyrbak.records.models import Person
from fyrbak.registers.inbox.models import Message
from fyrbak.registers.inbox.services import take_in_waiting
from fyrbak.registers.notifications.models import Notification, NotificationFile
from pages import as_owner, as_pages

HEADING = "Radnr;Person;Källa;Diagnosdatum;Läge;Morfologi;Sida;Diagnosgrund"
ON = date(2025, 7, 2)


def registrar(organisation: str) -> Client:
    client = Client()
    client.force_login(account(Role.REGISTRAR, organisation), BACKEND)
    return client


@pytest.fixture
def client(records: str, tmp_path: Path) -> Iterator[Client]:
    """A registrar of a hospital's clinic in Västerbotten, with one person known."""
    take(layout_folder(tmp_path / "persons", {"person": [person(7)]}))
    with as_pages():
        yield registrar("24-nus-kir")


def post(client: Client, content: bytes, name: str = "maj.csv", source: str = "lab-norr") -> Any:
    file = SimpleUploadedFile(name, content)
    return client.post("/register/files/", {"file": file, "source": source})


def rows(*lines: str) -> bytes:
    return "\n".join([HEADING, *lines, ""]).encode()


def taken_in() -> list[Any]:
    with as_owner():
        return take_in_waiting(
            pseudonyms=np.random.default_rng(1), clock=lambda: datetime(2025, 7, 2, 9, tzinfo=UTC), on=ON
        )


def test_a_file_is_seen_first_then_released_and_taken_in(client: Client) -> None:
    with as_owner():
        who = Person.objects.get(version=1).pseudonym
    content = rows(
        f"1;{who};laboratorium;2024-03-01;C504;8500/3;;", f"2;{who};klinik;2024-02-31;C504;;;3",
        "3;4711;klinik;2024-03-01;C504;;;3",
    )  # fmt: skip
    answer = post(client, content)
    where = answer["Location"]
    seen = client.get(where).content.decode()
    assert ("Kan tas emot: 2" in seen, "Skulle avvisas: 1" in seen) == (True, True)
    assert "Diagnosdagen är ingen dag" in seen
    assert taken_in() == []  # nobody has said so
    assert "Väntar på att tas emot" in client.post(where, follow=True).content.decode()
    client.post(where)
    assert [one.fault for one in taken_in()] == [""]
    done = client.get(where).content.decode()
    assert ("1 mottagna, 0 kända sedan förut, 2 avvisade" in done, "Personen är inte känd" in done) == (
        True, True,
    )  # fmt: skip
    with as_owner():
        assert Notification.objects.get().source_key == "24-lab-norr|1"
        assert NotificationFile.objects.get().region_id == "24-nus-kir"
    assert registrar("25").get(where).status_code == 404
    assert "maj.csv" in client.get("/register/files/").content.decode()


def test_a_bundle_is_seen_first_too(client: Client) -> None:
    practitioner = {"resourceType": "Practitioner", "id": "d1"}
    sent = bundle([patient(), observation("o2", status="preliminary"), practitioner])
    where = post(client, json.dumps(sent).encode(), "bunt.json", source="")["Location"]
    seen = client.get(where).content.decode()
    assert "Behöver inte sparas här: 1" in seen
    assert "har status preliminary" in seen
    client.post(where)
    assert [(one.landed, one.listed) for one in taken_in()] == [(1, 2)]
    assert "1 mottagna" in client.get(where).content.decode()


def _bomb() -> bytes:
    """A small Excel file that unpacks to far more than any file may."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(3):
            packed.writestr(f"xl/worksheets/sheet{number}.xml", b"0" * (40 << 20))
    return out.getvalue()


def _many_rows() -> bytes:
    out = io.BytesIO()
    pq.write_table(pa.table({"Person": pa.repeat(pa.scalar("1"), 2_000_000)}), out)
    return out.getvalue()


BAD = {
    "no file": (b"", "maj.csv", "lab", "Filen har inga rader"),
    "cut off": (rows("1;2")[:-1], "maj.csv", "lab", "avbruten"),
    "no columns": (b"a;b\n1;2\n", "maj.csv", "lab", "Kolumner saknas"),
    "no source": (rows("1;2"), "maj.csv", "", "Skriv vilket system"),
    "odd source": (rows("1;2"), "maj.csv", "Lab 1", "små bokstäver"),
    "another kind": (b"x", "maj.pdf", "lab", "varken CSV"),
    "a bomb": (_bomb(), "maj.xlsx", "lab", "större än 20"),
    "rows without end": (_many_rows(), "maj.parquet", "lab", "större än 20"),
    "half a bundle": (json.dumps(bundle([patient()])).encode()[:-4], "a.json", "", "slutar för tidigt"),
    "nested": (b'{"resourceType":"Patient","a":' + b"[" * 5_000_000, "a.json", "", "för många led"),
    "too large": (b" " * (11 << 20), "a.json", "", "större än 10"),
}


def test_what_cannot_be_used_is_told_and_nothing_is_kept(client: Client) -> None:
    for name, (content, called, source, told) in BAD.items():
        answer = post(client, content, called, source)
        assert (name, answer.status_code) == (name, 422)
        assert told in answer.content.decode(), name
        assert f'value="{source}"' in answer.content.decode() or not source
    with as_owner():
        assert not Message.objects.exists()
