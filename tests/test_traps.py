"""``docs/traps.md`` names every trap, and every test that it names is there."""

from __future__ import annotations

import re

from tests.conftest import ROOT

PAGE = ROOT / "docs" / "traps.md"
_TEST = re.compile(r"^def (test_trap_\w+)\(", re.MULTILINE)
_FILE = re.compile(r"`([\w/]+\.py)`: ((?:`\w+`(?:, )?)+)")


def named() -> set[tuple[str, str]]:
    found = set()
    for line in PAGE.read_text().splitlines():
        for file, tests in _FILE.findall(line):
            found |= {(file, test) for test in re.findall(r"`(\w+)`", tests)}
    return found


def test_every_trap_has_its_line() -> None:
    numbers = [int(number) for number in re.findall(r"^\| (\d+) \|", PAGE.read_text(), re.MULTILINE)]
    assert numbers == list(range(1, 58))


def test_the_page_names_the_tests_there_are() -> None:
    folder = ROOT / "tests"
    there = {
        (str(file.relative_to(folder)), name)
        for file in folder.rglob("test_*.py")
        for name in _TEST.findall(file.read_text())
    }
    assert named() == there
    assert len(there) > 100
