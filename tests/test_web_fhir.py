"""Another system sends FHIR: it is let in by its account, told what is wrong, kept, taken in and answered."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import psycopg
import pytest
from django.test import Client

from accounts import PASSWORD, account, with_password
from deliveries import ask
from fhir import bundle, observation, patient
from fyrbak.access.roles import Role
from fyrbak.registers.inbox.services import LARGEST, take_in_waiting
from pages import as_owner, as_pages

FHIR = "application/fhir+json"
ON = date(2025, 7, 1)
Post = Callable[..., Any]


def _basic(role: Role, organisation: str, password: str = PASSWORD) -> dict[str, Any]:
    who = with_password(account(role, organisation))
    told = base64.b64encode(f"{who.username}:{password}".encode()).decode()
    return {"HTTP_AUTHORIZATION": f"Basic {told}"}


@pytest.fixture
def post(records: str) -> Iterator[Post]:
    """``post(content)``: what the pages answer a registrar's system in Västerbotten."""
    with as_pages():
        client, basic = Client(), _basic(Role.REGISTRAR, "24")

        def send(content: Any, *, content_type: str = FHIR, **other: Any) -> Any:
            sent = content if isinstance(content, bytes) else json.dumps(content).encode()
            return client.post("/api/fhir", sent, content_type=content_type, **(basic | other))

        yield send


def _told(answer: Any) -> str:
    outcome = answer.json()
    assert outcome["resourceType"] == "OperationOutcome"
    return " ".join(issue["diagnostics"] for issue in outcome["issue"])


def test_a_message_is_kept_taken_in_and_answered(records: str, post: Post) -> None:
    practitioner = {"resourceType": "Practitioner", "id": "d1"}
    answer = post(bundle([patient(), observation(), practitioner]))
    assert answer.status_code == 202
    assert "2 of 3 resources" in _told(answer)
    where, client = answer["Location"], Client()
    registrar = _basic(Role.REGISTRAR, "24")
    assert "waits" in _told(client.get(where, **registrar))
    with as_owner():
        (outcome,) = take_in_waiting(
            pseudonyms=np.random.default_rng(1), clock=lambda: datetime(2025, 7, 1, 8, tzinfo=UTC), on=ON
        )
        assert (outcome.landed, outcome.refused, outcome.listed) == (2, 0, 1)
        again = take_in_waiting(pseudonyms=np.random.default_rng(1), clock=lambda: datetime.now(UTC), on=ON)
        assert again == []
    assert "2 rows landed" in _told(client.get(where, **registrar))
    assert client.get(where, **_basic(Role.REGISTRAR, "25")).status_code == 404
    assert ask(records, "SELECT source_key, region_id FROM records_finding") == [
        ("fhir-24|Observation/o1", "24")
    ]
    with psycopg.connect(records) as connection, pytest.raises(psycopg.errors.RestrictViolation):
        connection.execute("DELETE FROM inbox_outcome")


BAD: dict[str, tuple[Any, dict[str, str], int, str]] = {
    "half a bundle": (json.dumps(bundle([patient()])).encode()[:-5], {}, 400, "cut off"),
    "nothing in it": (bundle([]), {}, 400, "no resource"),
    "too deep": (b"[" * 1_000_000, {}, 400, "not JSON"),
    "too large": (b" " * (LARGEST + 1), {}, 413, "at most 10 MB"),
    "a form": (b"a=b", {"content_type": "application/x-www-form-urlencoded"}, 415, FHIR),
    "packed": (gzip.compress(b"{}"), {"HTTP_CONTENT_ENCODING": "gzip"}, 415, "not packed"),
    "nothing that can be kept": ({"resourceType": "Spaceship", "id": "1"}, {}, 422, "Spaceship"),
    "nobody": (patient(), {"HTTP_AUTHORIZATION": ""}, 401, "Say who sends"),
    "no name": (patient(), {"HTTP_AUTHORIZATION": "Basic Å"}, 401, "Say who sends"),
}


def test_what_is_wrong_is_told_and_nothing_is_kept(records: str, post: Post) -> None:
    for name, (content, other, status, told) in BAD.items():
        answer = post(content, **other)
        assert (name, answer.status_code) == (name, status)
        assert told in _told(answer)
    assert ask(records, "SELECT count(*) FROM inbox_message") == [(0,)]


def test_only_roles_that_may_send_are_let_in(records: str, post: Post) -> None:
    assert post(patient(), **_basic(Role.EDITOR, "24")).status_code == 403
    assert post(patient(), **_basic(Role.UNIT_STAFF, "24")).status_code == 202
    assert Client().get("/api/fhir").status_code == 405
    wrong = _basic(Role.REGISTRAR, "24", "fel-lösenord-här")
    answers = [post(patient(), **wrong).status_code for _ in range(6)]
    assert set(answers) <= {401, 429}
    assert answers[-1] == 429
