"""The content of the pathways: complete against the published facts, and refused with a place when faulty."""

from __future__ import annotations

import os
import re
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fyrbak.definitions import read_yaml
from fyrbak.errors import BadDefinitionError, UnknownNameError
from fyrbak.pathways import definitions
from fyrbak.pathways.definitions import (
    FOLDER,
    icd10_table,
    limits_table,
    measuring_points,
    pathway,
    pathways,
    read_pathway,
    treatments,
)

ROOT = Path(__file__).parents[1]
DOCUMENTS = Path(os.environ.get("FYRBAK_DOCUMENTS", ROOT.parent / "shared" / "documents"))
FACTS = DOCUMENTS.parent / "facts" / "sweden" / "svf.yaml"


def test_all_32_pathways_are_there() -> None:
    assert len(pathways()) == 32
    assert all(
        p.title.sv and p.title.en and p.entry and p.entry_en and len(p.examples) >= 2 for p in pathways()
    )


@pytest.mark.parametrize(
    ("name", "treatment", "totals"),
    [
        ("prostata", "kirurgi", [61, 61]),
        ("prostata", "stralning", [68, 68]),
        ("prostata", "lakemedel", [50, 50]),
        ("penis", "kirurgi", [31]),
        ("penis", "lakemedel", [27]),
        ("vulva", "kirurgi", [30]),
        ("hudmelanom", "ingen_atgard", [26]),
        ("aos", "avslutande_samtal", [22]),
        ("akut_leukemi_aml", "alla", [9]),
    ],
)
def test_blocks_make_up_the_published_total(name: str, treatment: str, totals: list[int]) -> None:
    found = pathway(name)
    days = {block.id: block.days for block in found.blocks}
    chains = [chain for chain in found.chains if chain.treatment == treatment]
    assert [sum(days[block] for block in chain.blocks) for chain in chains] == totals


@pytest.mark.parametrize(
    ("name", "treatment", "on", "days"),
    [
        ("brost", "kirurgi", date(2023, 12, 31), 28),
        ("brost", "kirurgi", date(2024, 1, 1), 35),
        ("tjock_andtarm", "alla", date(2022, 4, 25), 39),
        ("tjock_andtarm", "alla", date(2022, 4, 26), None),
        ("prostata", "kirurgi", date(2023, 9, 18), 61),
        ("prostata", "kirurgi", date(2023, 9, 19), None),
        ("hudmelanom", "kirurgi", date(2025, 6, 23), 33),
        ("hudmelanom", "kirurgi", date(2025, 6, 24), None),
        ("lymfom", "lakemedel", date(2019, 11, 20), 18),
        ("lymfom", "lakemedel", date(2019, 11, 21), None),
        ("kll", "lakemedel", date(2019, 11, 21), None),
        ("urinblasa", "kirurgi", date(2024, 4, 30), 37),
        ("urinblasa", "kirurgi", date(2024, 5, 1), None),
        ("lunga", "kirurgi", date(2024, 5, 1), None),
        ("sarkom", "kirurgi", date(2024, 5, 1), None),
    ],
)
def test_a_limit_stops_where_the_next_version_was_not_seen(
    name: str, treatment: str, on: date, days: int | None
) -> None:
    judging = [
        limit.days
        for limit in pathway(name).limits
        if limit.judges
        and limit.treatment == treatment
        and limit.variant in ("", "bas")
        and limit.first_day <= on <= limit.last_day
    ]
    assert judging == ([] if days is None else [days])


def test_the_table_of_limits_gives_one_answer_per_day() -> None:
    rows = limits_table().to_pylist()
    for row in rows:
        same = [
            other
            for other in rows
            if all(other[c] == row[c] for c in ("pathway", "treatment", "variant"))
            and other["valid_from"] <= row["valid_from"] <= other["valid_to"]
        ]
        assert same == [row]


def test_codes_are_matched_with_what_lies_below_them() -> None:
    def hits(code: str) -> set[str]:
        return {r["pathway"] for r in icd10_table().to_pylist() if r["first"] <= code <= r["last"]}

    assert hits("C509") == hits("C50") == {"brost"}
    assert hits("C254") == set()
    assert hits("C149") == {"huvud_hals"}
    assert hits("C221") == {"gallblasa", "lever"}
    assert hits("C826") == set()


def test_retired_points_mean_what_is_used_today() -> None:
    points = measuring_points()
    assert points["56"].treatment == "stralning"
    assert (points["42"].step, points["65"].outcome) == ("decision", "closed")
    assert len({point.order for point in points.values()}) == len(points)


def test_two_points_with_one_place_in_a_day_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(definitions, "FOLDER", tmp_path)
    listed = [{"point": p, "order": 3, "title": {"sv": p, "en": p}, "step": "visit"} for p in ("25", "35")]
    file = tmp_path / "measuring_points.yaml"
    file.write_text(yaml.safe_dump({"points": listed}))
    with pytest.raises(BadDefinitionError, match="3 is not the order of this point alone"):
        measuring_points.__wrapped__()
    listed[1]["order"] = 100
    file.write_text(yaml.safe_dump({"points": listed}))
    with pytest.raises(BadDefinitionError, match="100 is not the order of this point alone, from 0 to 99"):
        measuring_points.__wrapped__()


def test_unknown_pathway_offers_the_nearest() -> None:
    with pytest.raises(UnknownNameError, match="did you mean 'lunga'"):
        pathway("lungan")


# --- faults -----------------------------------------------------------------------------------------------

GOOD = {
    "id": "prov",
    "version": "2024-01-01",
    "title": {"sv": "Prov", "en": "Trial"},
    "icd10": ["C50"],
    "introduced": 2016,
    "entry": ["Knöl"],
    "limits": [{"treatment": "kirurgi", "days": 20, "valid_from": "2020-01-01", "source": "Källa"}],
    "blocks": [
        {
            "id": "a",
            "from": {"sv": "x", "en": "x"},
            "to": {"sv": "y", "en": "y"},
            "days": 20,
            "source": "Källa",
        }
    ],
    "chains": [{"treatment": "kirurgi", "blocks": ["a"]}],
    "examples": [{"title": "Ett", "events": ["2024-01-01 10", "2024-01-02 50"], "expect": [{"days": 1}]}],
}
LIMIT = GOOD["limits"][0]  # type: ignore[index]
BACKWARDS = {**GOOD["blocks"][0], "from_point": "50", "to_point": "10"}  # type: ignore[index]


BASE = {"id": "bas", "title": {"sv": "Bas", "en": "Basic"}}


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        ({"id": "annat"}, "id", "differs from the file's name 'prov'"),
        ({"titel": {}}, "titel", "unknown field 'titel', did you mean 'title'"),
        ({"entry_en": ["Lump", "Spot"]}, "entry_en", "2 lines where entry has 1"),
        ({"icd10": ["C5"]}, "icd10.0", "should match pattern"),
        ({"variants": [BASE, BASE]}, "variants.1.id", "'bas' is there twice"),
        ({"icd10": ["C50-C44"]}, "icd10.0", "no code lies between C50 and C44"),
        ({"blocks": [BACKWARDS]}, "blocks.0.to_point", "'10' comes before '50'. Turn the block round"),
        ({"unused_points": ["99"]}, "unused_points.0", "unknown measuring point '99'"),
        ({"ends_as": {"10": "kirurgi"}}, "ends_as.10", "does not end a pathway"),
        ({"ends_as": {"73": "ingenting"}}, "ends_as.73", "unknown treatment 'ingenting'"),
        ({"limits": [{**LIMIT, "treatment": "kirugi"}]}, "limits.0.treatment", "did you mean 'kirurgi'"),
        (
            {"limits": [{**LIMIT, "treatment": "ingen_atgard"}]},
            "limits.0.treatment",
            "no end of this pathway",
        ),
        ({"limits": [{**LIMIT, "variant": "bas"}]}, "limits.0.variant", "unknown variant 'bas'"),
        ({"limits": [{**LIMIT, "days": 0}]}, "limits.0.days", "0 days is not a limit"),
        ({"limits": [{**LIMIT, "days": "tjugo"}]}, "limits.0.days", "valid integer"),
        ({"limits": [{**LIMIT, "days": None}]}, "limits.0.days", "to_verify: true"),
        ({"limits": [{**LIMIT, "valid_to": "2019-01-01"}]}, "limits.0.valid_to", "lies before valid_from"),
        ({"limits": [LIMIT, {**LIMIT, "treatment": "alla"}]}, "limits.1", "applies to the same episodes"),
        ({"chains": [{"treatment": "kirurgi", "blocks": ["b"]}]}, "chains.0.blocks", "unknown block 'b'"),
        (
            {"chains": [{"treatment": "kirurgi", "blocks": ["a", "a"]}]},
            "chains.0",
            "make 40 days but the limit",
        ),
        ({"examples": [{"title": "Ett", "events": ["2024-01-01 98"]}]}, "examples.0.events.0", "'98'"),
        ({"examples": [{"title": "Ett", "events": ["2024-01-01"]}]}, "examples.0.events.0", "written as"),
    ],
)
def test_a_fault_is_told_with_file_line_and_field(
    change: dict[str, Any], field: str, words: str, tmp_path: Path
) -> None:
    path = tmp_path / "prov.yaml"
    path.write_text(yaml.safe_dump({**GOOD, **change}, sort_keys=False, allow_unicode=True), encoding="utf-8")
    with pytest.raises(BadDefinitionError) as caught:
        read_pathway(path)
    message = str(caught.value)
    assert re.match(rf"{re.escape(str(path))}:\d+: {re.escape(field)}", message), message
    assert words in message
    line = int(message.removeprefix(f"{path}:").split(":")[0])
    assert field.split(".")[0] in "".join(path.read_text(encoding="utf-8").splitlines()[:line])
    assert "\n" not in message


def test_the_pattern_of_the_faults_is_itself_without_fault(tmp_path: Path) -> None:
    path = tmp_path / "prov.yaml"
    path.write_text(yaml.safe_dump(GOOD, sort_keys=False), encoding="utf-8")
    assert read_pathway(path).limits[0].judges


def test_the_example_in_the_documentation_is_itself_valid(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "add-a-pathway.md").read_text(encoding="utf-8")
    path = tmp_path / "exempel.yaml"
    path.write_text(text.split("```yaml\n")[1].split("```")[0], encoding="utf-8")
    assert read_pathway(path).limits[0].days == 30
    path.write_text(path.read_text(encoding="utf-8").replace("treatment: kirurgi", "treatment: kirugi", 1))
    with pytest.raises(BadDefinitionError) as caught:
        read_pathway(path)
    assert f"svf/{str(caught.value).split('/')[-1]}" in text


# --- the published facts ----------------------------------------------------------------------------------

_WORDS = {
    "kirurgi": "kirurgi",
    "lakemedel": "lakemedel",
    "stralning": "stralning",
    "palliativ": "palliativ",
    "annan": "annan",
    "exspektans": "exspektans",
    "aktiv monitorering": "exspektans",
    "ingen ytterligare åtgärd": "ingen_atgard",
    "avslutande samtal": "avslutande_samtal",
    "alla": "alla",
}
# Facts whose words name no treatment of ours: what they are read as.
_SPECIAL = {
    ("matstrupe_magsack", "kombinerad strål- och läkemedelsbehandling"): {"stralning"},
    ("prostata", "kombinerad läkemedel och strålning"): {"lakemedel"},
    ("prostata", "kurativ behandling, högrisk"): {"kirurgi", "stralning"},
}


def _read_as(name: str, words: str) -> set[str]:
    plain = re.sub(r"\(.*?\)", "", words)
    return _SPECIAL.get((name, words)) or {found for word, found in _WORDS.items() if word in plain}


@pytest.mark.skipif(not FACTS.is_file(), reason=f"the published facts are not at {FACTS}")
def test_every_published_limit_is_in_the_content() -> None:
    facts = read_yaml(FACTS)["pathways"]
    assert {fact["id"] for fact in facts} == {p.id for p in pathways()}
    missing = []
    for fact in facts:
        found = pathway(fact["id"])
        for published in fact["lead_times"]:
            if published["treatment"] == "annan cancer":
                assert published["days"] in [block.days for block in found.blocks if block.to_point == "72"]
                continue
            names = _read_as(fact["id"], published["treatment"])
            assert names, published
            for treatment in names:
                if not any(
                    limit.treatment in (treatment, "alla")
                    and limit.days == published["days"]
                    and (limit.to_verify or not published.get("to_verify"))
                    and (not limit.judges or published["source"] != "M")
                    for limit in found.limits
                ):
                    missing.append((fact["id"], published))
        assert found.kva_prefix == fact["kva_prefix"]
        assert found.introduced == fact["introduced"]
        published_days = {
            step["days"] for step in fact.get("intermediate", ()) if isinstance(step["days"], int)
        }
        assert published_days - {-21} <= {block.days for block in found.blocks} | {0}
    assert not missing


@pytest.mark.skipif(not FACTS.is_file(), reason=f"the published facts are not at {FACTS}")
def test_no_limit_judges_beyond_what_is_published() -> None:
    facts = {fact["id"]: fact for fact in read_yaml(FACTS)["pathways"]}
    before = {("brost", 28), ("akut_leukemi_aml", 6)}  # earlier values that the facts give in a note
    for p in pathways():
        certain = {
            t["days"] for t in facts[p.id]["lead_times"] if not t.get("to_verify") and t["source"] != "M"
        }
        judging = {limit.days for limit in p.limits if limit.judges}
        assert judging - certain <= {days for name, days in before if name == p.id}


def test_content_names_its_sources_and_nothing_else_of_its_making() -> None:
    for path in FOLDER.rglob("*.yaml"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?://|/work/|issue \d", text), path
    assert all(limit.source for p in pathways() for limit in p.limits)
    assert set(treatments()) >= {limit.treatment for p in pathways() for limit in p.limits} - {"alla"}
