"""Identity numbers: every published vector, one by one and as a column, and that the two ways agree."""

from __future__ import annotations

import csv
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from fyrbak.records.identity import IdentityError, holds_number, parse_identities, parse_identity

AS_OF = date(2026, 1, 1)
_FILE = Path(__file__).parent / "data" / "se_personnummer_vectors.csv"
_LINES = _FILE.read_text(encoding="utf-8").splitlines()
VECTORS = list(csv.DictReader(line for line in _LINES if not line.startswith("#")))


def _as_of(vector: dict[str, str]) -> date:
    return date.fromisoformat(vector["as_of"]) if vector["as_of"] else AS_OF


@pytest.mark.parametrize("vector", VECTORS, ids=[v["input"] for v in VECTORS])
def test_vector(vector: dict[str, str]) -> None:
    if vector["valid"] == "0":
        with pytest.raises(IdentityError) as failure:
            parse_identity(vector["input"], _as_of(vector))
        assert vector["input"] not in str(failure.value)
        return
    identity = parse_identity(vector["input"], _as_of(vector))
    kind, _, remark = vector["kind_or_reason"].partition(";")
    assert (identity.kind, identity.birth_date.isoformat(), identity.sex) == (
        kind,
        vector["birth_date"],
        vector["sex"],
    )
    assert bool(identity.warnings) == ("warn" in remark)


def test_century_comes_from_the_day_that_is_given_not_from_the_clock() -> None:
    assert parse_identity("121212-1212", date(2011, 6, 1)).birth_date.year == 1912
    assert parse_identity("121212-1212", date(2013, 6, 1)).birth_date.year == 2012
    with pytest.raises(IdentityError) as failure:
        parse_identity("121212-1212", date(2012, 6, 1))
    assert failure.value.reason == "future"


def test_old_number_with_a_letter_is_accepted_with_a_warning() -> None:
    assert parse_identity("18960214-123A", AS_OF).warnings == ("letter", "separator")
    with pytest.raises(IdentityError):
        parse_identity("19810214-123A", AS_OF)


@pytest.mark.parametrize("text", ["ring 19121212-1212", "121212-1212.", "121212 1212", "nr 191212121212!"])
def test_a_text_that_holds_a_number_is_known(text: str) -> None:
    assert holds_number(text)


@pytest.mark.parametrize("text", ["NCT01234567", "dnr 2024-123456", "EU CT 2022-500123-12-00", "31 dec 2024"])
def test_a_text_that_holds_other_numbers_is_let_be(text: str) -> None:
    assert not holds_number(text)


def _numbers() -> st.SearchStrategy[str]:
    def build(born: date, serial: int, coord: bool, sign: str, long_form: bool) -> str:
        short = f"{born:%y%m}{born.day + 60 * coord:02}{serial:03}"
        century = f"{born.year // 100:02}" if long_form else ""
        return f"{century}{short[:6]}{sign}{short[6:]}{luhn.calc_check_digit(short)}"

    right = st.builds(
        build,
        st.dates(date(1850, 1, 1), date(2026, 12, 31)),
        st.integers(0, 999),
        st.booleans(),
        st.sampled_from(["", "-", "+"]),
        st.booleans(),
    )
    near = st.from_regex(r"\A ?([0-9]{2})?[0-9]{2}[01][0-9]{3}[-+–]?[0-9]{3}[0-9ATX１]\n?\Z")
    return st.one_of(right, near, st.text(max_size=14))


@given(st.lists(_numbers(), min_size=1, max_size=20), st.dates(date(1950, 1, 1), date(2030, 12, 31)))
def test_column_and_single_number_answer_alike(texts: list[str], as_of: date) -> None:
    for text, row in zip(texts, parse_identities(pa.array(texts), as_of).to_pylist(), strict=True):
        try:
            one = parse_identity(text, as_of)
        except IdentityError as error:
            assert row == dict.fromkeys(row, None) | {"error": error.reason}, text
        else:
            assert row == {
                "kind": one.kind,
                "number12": one.number12,
                "birth_date": one.birth_date,
                "sex": one.sex,
                "warnings": ",".join(one.warnings),
                "error": None,
            }, text
