"""Bad FHIR is answered with one clear line; nothing of it lands half, and memory stays bounded."""

from __future__ import annotations

import gzip
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliveries import ask
from fhir import MCODE, SNOMED, bundle, cancer, concept, observation, patient, take, written
from fyrbak.errors import BadInputError
from fyrbak.records.fhir.definitions import mapping, reasons, said, systems
from fyrbak.records.fhir.mapping import Listed, Row, rows_of
from fyrbak.records.fhir.reading import LARGEST, Sent, resources, resources_of

WHOLE = json.dumps(bundle([patient(), observation()])).encode()
FILES: dict[str, tuple[str, bytes, str]] = {
    "half a bundle": ("a.json", WHOLE[: len(WHOLE) // 2], "cut off before its end"),
    "half a line": ("a.ndjson", b'{"id": "1"}\n{"resourceType"', r"a\.ndjson:2: not JSON"),
    "no JSON": ("a.json", b"<Bundle/>", "not JSON near '<'"),
    "two resources in one file": ("a.json", b"{} {}", "not JSON near '{'"),
    "a list": ("a.ndjson", b"[1]\n", "Each line is one resource"),
    "nothing": ("a.json", b"", "cut off"),
    "another encoding": ("a.json", "{\"id\": \"å\"}".encode("latin-1"), "not UTF-8"),
    "a bundle of no type": ("a.json", b'{"resourceType": "Bundle", "entry": []}', "says its type"),
    "entries of nothing": ("a.json", b'{"entry": [{}]}', "Add resourceType"),
    "nested": ("a.json", b'{"a":' * 2_000_000, "too deep"),
    "nested lines": ("a.ndjson", b"[" * 200_000, "too deep"),
    "nested entries": ("a.json", b'{"resourceType": "Bundle", "entry": [' + b"[" * 10_000_000, "too deep"),
    "one huge resource": ("a.json", b'{"a": "' + b"x" * (LARGEST + 10) + b'"}', "Split it"),
    "many huge fields": ("a.json", b"{" + (b'"a": "' + b"x" * 99_000 + b'",') * 60 + b'"b": 1}', "Split it"),
    "a gzip bomb": ("a.json.gz", gzip.compress(b'{"a": 1,' + b" " * 100_000_000, 9), "unpacks to more"),
    "half a gzip": ("a.ndjson.gz", gzip.compress(json.dumps(patient()).encode())[:-9], "cut off"),
    "no number": ("a.json", b'{"a": NaN}', "not JSON"),
    "an endless number": ("a.json", b'{"a": 1e99999999999999999999}', "not JSON"),
}  # fmt: skip


@pytest.mark.parametrize(("name", "content", "told"), FILES.values(), ids=FILES)
def test_a_bad_file_is_refused_in_one_line(tmp_path: Path, name: str, content: bytes, told: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(BadInputError, match=told) as caught:
        list(resources(path))
    assert "\n" not in str(caught.value)
    assert str(caught.value).startswith("a.")


def test_a_zip_file_is_told_how_to_come(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.json", "w") as file:
        file.writestr("x.json", "{}")
    with pytest.raises(BadInputError, match="zip files are not read"):
        list(resources(tmp_path / "a.json"))


def test_memory_stays_bounded_however_large_a_file_is(tmp_path: Path) -> None:
    bomb, lines = tmp_path / "a.json.gz", tmp_path / "b.ndjson.gz"
    bomb.write_bytes(FILES["a gzip bomb"][1])
    with gzip.open(lines, "wt", compresslevel=1) as file:
        file.writelines(
            f"{json.dumps(observation(str(number), note='x' * 500))}\n" for number in range(60_000)
        )
    script = (
        "import resource, sys, pathlib\n"
        "from fyrbak.records.fhir.reading import resources\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "for name in sys.argv[1:]:\n"
        "    try:\n"
        "        for one in resources(pathlib.Path(name)): pass\n"
        "    except Exception as error: assert type(error).__name__ == 'BadInputError', error\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script, str(bomb), str(lines)], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < 60_000  # kilobytes, of files of 100 and 60 million signs


ICD10 = "http://hl7.org/fhir/sid/icd-10-se"
WEIGHT: dict[str, Any] = {"code": concept("29463-7"), "valueQuantity": {"value": 70, "code": "cm"}}
RESOURCES: dict[str, tuple[dict[str, Any], str]] = {
    "no type": ({"id": "1"}, "no_resource"),
    "no id": (patient(id=""), "no_id"),
    "a personal number as id": (patient("198112189876"), "id_is_number"),
    "a type that nobody knows": ({"resourceType": "Spaceship", "id": "1"}, "unknown_type"),
    "the profile of another type": (
        observation(meta={"profile": [f"{MCODE}mcode-cancer-patient"]}),
        "wrong_profile",
    ),
    "an unknown code system": (observation(code=concept("1", "http://example.org/x")), "unknown_system"),
    "an answer of an unknown system": (
        observation(valueQuantity=None, valueCodeableConcept=concept("1", "http://example.org/x")),
        "unknown_system",
    ),
    "no code at all": (observation(code={}), "no_code"),
    "a status to come": (observation(status="preliminary"), "not_final"),
    "a length in place of a weight": (observation(**WEIGHT), "unit_kind"),
    "a unit that is none": (observation(valueQuantity={"value": 1, "code": "m^2"}), "unit_unknown"),
    "a code from the future": (
        cancer(code=concept("U07.1", ICD10), onsetDateTime="2019-05-01"),
        "not_valid_then",
    ),
    "an edition from the future": (
        observation(
            effectiveDateTime="2010-03", code=concept("399537006", SNOMED),
            valueCodeableConcept=concept("1222806003", SNOMED, "stage IIIC"),
            method=concept("897275008", SNOMED),
        ),
        "not_valid_then",
    ),
    "no answer, and the source says so": (
        observation(valueQuantity=None, valueCodeableConcept=concept(
            "unknown", "http://terminology.hl7.org/CodeSystem/data-absent-reason")),
        "no_value",
    ),
    "a comparator that is none": (
        observation(valueQuantity={"value": 1, "code": "g/L", "comparator": "~"}), "unreadable_value",
    ),
}  # fmt: skip


def _outcome(resource: dict[str, Any], method: str = "") -> list[Row] | Listed:
    return rows_of(Sent(resource, json.dumps(resource), "a.json", 1, method=method), {})


@pytest.mark.parametrize(("resource", "rule"), RESOURCES.values(), ids=RESOURCES)
def test_a_resource_that_cannot_become_records_is_listed(resource: dict[str, Any], rule: str) -> None:
    told = _outcome(resource)
    assert isinstance(told, Listed)
    assert told.rule == rule
    assert told.mendable
    assert all(text and "{" not in text and "\n" not in text for text in (told.sv, told.en))
    assert "198112189876" not in f"{told.sv}{told.en}{told.key}{told.value}"


def test_removal_is_listed_and_nothing_else_is() -> None:
    told = _outcome(observation(), "DELETE")
    assert isinstance(told, Listed)
    assert told.rule == "deleted"
    assert isinstance(_outcome(observation(), "PUT"), list)


def test_every_reason_is_used() -> None:
    seen = {rule for _, rule in RESOURCES.values()} | {"deleted", "nothing"}
    assert set(reasons().reasons) == seen
    names = {"value": "x", "field": "y", "choices": "z", "nearest": ""}
    assert all(said(rule, **names).sv for rule in reasons().reasons)


def test_the_days_that_no_person_can_have(records: str, tmp_path: Path) -> None:
    sent = [
        patient(deceasedDateTime="1950-01-01"),
        cancer(onsetDateTime="2031-01-01"),
        observation("o1", effectiveDateTime="2024-13-45"),
        observation("o2", effectiveDateTime="2024"),
        observation("o3", effectiveDateTime="1950-01-01"),
    ]
    result = take(written(tmp_path / "a.ndjson", *sent))
    told = ask(
        records, "SELECT regexp_replace(record_key, '.*#', '#'), rule FROM records_refusal ORDER BY id"
    )
    assert told == [
        ("#death", "before_birth"), ("Condition/t1", "future"),
        ("Observation/o1", "unreadable"), ("Observation/o3", "before_birth"),
    ]  # fmt: skip
    assert result.intake.total("landed") == 2
    assert ask(records, "SELECT start_date::text, start_precision FROM records_finding") == [
        ("2024-01-01", "Y")
    ]


def test_half_a_folder_lands_not_at_all(records: str, tmp_path: Path) -> None:
    written(tmp_path / "a.ndjson", patient())
    (tmp_path / "b.ndjson").write_text('{"resourceType": "Obs')
    with pytest.raises(BadInputError, match=r"b\.ndjson:1"):
        take(tmp_path)
    assert ask(records, "SELECT count(*) FROM records_batch") == [(0,)]


def test_content_names_what_exists() -> None:
    assert mapping().kinds
    for one in systems().valid:
        assert one.source
        assert one.system in {*systems().systems, "tnm"}


_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12)
    | st.sampled_from(["Patient", "Observation", "final", "http://loinc.org", "Patient/p1", "2024-02"]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(
        st.sampled_from([
            "resourceType", "id", "meta", "profile", "status", "code", "coding", "system", "value", "subject",
            "reference", "entry", "resource", "type", "extension", "url", "valueQuantity", "component",
            "valueCodeableConcept", "birthDate", "identifier", "effectiveDateTime", "text", "security",
        ]) | st.text(max_size=4),
        inner, max_size=6,
    ),
    max_leaves=25,
)  # fmt: skip
_TYPED = st.builds(
    lambda type_, rest: {**rest, "resourceType": type_, "id": "x"},
    st.sampled_from(["Patient", "Observation", "Condition", "Procedure", "MedicationAdministration"]),
    st.dictionaries(
        st.sampled_from([
            "meta", "code", "subject", "component", "extension", "valueQuantity", "status", "identifier",
            "birthDate", "dosage", "category", "bodySite",
        ]),
        _JSON,
    ),
)  # fmt: skip


@given(_JSON | _TYPED)
def test_any_json_becomes_rows_or_a_reason(value: Any) -> None:
    content = json.dumps(value).encode()
    try:
        outcomes = [rows_of(one, {}) for one in resources_of(content, "a.json")]
    except BadInputError:
        return
    for told in outcomes:
        assert isinstance(told, Listed) or all(
            isinstance(text, str) for row in told for text in row.columns.values()
        )


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_any_bytes_are_resources_or_a_bad_file(content: bytes) -> None:
    try:
        list(resources_of(content, "a.json"))
    except BadInputError as error:
        assert "\n" not in str(error)
