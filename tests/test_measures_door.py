"""Numbers reach pages, reports and commands through one door: what has passed disclosure control."""

from __future__ import annotations

import ast
from pathlib import Path

import fyrbak

ROOMS = ("goals", "reports", "web", "cli")
# What holds counts that nobody may see, by module. Results, and what is made of them, have passed the door.
BEHIND = {
    "fyrbak.measures.tallies": {"Tallies", "tally", "cube", "expression", "marked", "merge", "together"},
    "fyrbak.engines.lines": {"added"},
    "fyrbak.measures.questions": {"answers"},
    "fyrbak.measures.renewal": {"renewed"},
    "fyrbak.measures.numbers": {"Cell", "Numbers", "numbers_of"},
    "fyrbak.measures.results": {"cells", "released"},
    "fyrbak.measures.store": {"tallies_of"},
    "fyrbak.measures.disclosure.lattice": {"cube", "Lattice"},
}
# Commands that hand tallies on as they are, to what passes the door or by agreement.
HANDED_ON = {"cli/tally.py"}


def imported(path: Path) -> set[tuple[str, str]]:
    """Every (module, name) that a file imports, also inside functions, and whole modules as (module, '*')."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {(node.module, alias.name) for alias in node.names}
            found |= {(f"{node.module}.{alias.name}", "*") for alias in node.names}
        elif isinstance(node, ast.Import):
            found |= {(alias.name, "*") for alias in node.names}
    return found


def test_no_page_report_or_command_reads_what_has_not_passed() -> None:
    root = Path(fyrbak.__file__).parent
    files = [path for room in ROOMS for path in (root / room).rglob("*.py")]
    assert len(files) > 50
    reads = {
        (path.relative_to(root).as_posix(), module, name)
        for path in files
        for module, name in imported(path)
        if name in BEHIND.get(module, set()) or (name == "*" and module in BEHIND)
    }
    elsewhere = sorted(read for read in reads if read[0] not in HANDED_ON)
    assert not elsewhere, f"not through the door: {elsewhere}"
    for name in HANDED_ON:
        tree = ast.parse((root / name).read_text(encoding="utf-8"))
        looked = [
            node.lineno for node in ast.walk(tree) if isinstance(node, ast.Attribute) and node.attr == "table"
        ]
        assert not looked, f"{name} looks into tallies in lines {looked}"
