"""Who may import whom: the walls that let a fourth wire format, or a page, be written by reading one folder.

``ONLY_IN``, ``PURE`` and ``fault`` are the statement of the layers.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
OURS = ("callsmith", "components", "pages", "bench", "tests", "app")
LONGEST = 400

PURE_LIBRARIES = {"jiter", "jsonpath", "jsonschema_rs"}
IMPURE_STDLIB = {"threading", "time", "socket", "subprocess", "asyncio", "concurrent", "multiprocessing", "sqlite3"}

# Who may import a library: files, or folders that end with a slash.
ONLY_IN = {
    "streamlit": ("app.py", "pages/", "components/"),
    "httpx": ("callsmith/transport.py", "callsmith/execute/", "callsmith/demo/"),
    "pandas": ("callsmith/usage.py", "components/"),
    "pyarrow": ("callsmith/record/",),
    "altair": ("components/",),
    "sqlalchemy": ("callsmith/store/",),
    "alembic": ("callsmith/store/",),
    "click": ("callsmith/cli.py", "callsmith/commands/"),
    "dotenv": ("callsmith/settings.py",),
    "mcp": ("callsmith/execute/",),
    "httpx2": ("callsmith/execute/",),
    "griffe": ("callsmith/importing/",),
    "genson": ("callsmith/importing/",),
    "yaml": ("callsmith/importing/",),
    "genai_prices": ("callsmith/prices.py",),
    "jsonpath": ("callsmith/answering/",),
}
PURE = (
    *("callsmith/wire/", "callsmith/schema/", "callsmith/vendors/", "callsmith/exporting/", "callsmith/evidence/"),
    *("callsmith/types/", "callsmith/fold.py", "callsmith/conversation.py", "callsmith/answering/"),
    *("callsmith/takeaway/", "callsmith/variables.py", "callsmith/reading.py", "callsmith/bodies/"),
)
# What the pure rooms may import of callsmith: the types, and each other.
PURE_MODULES = (
    *("callsmith.types", "callsmith.wire", "callsmith.schema", "callsmith.vendors", "callsmith.exporting"),
    *("callsmith.evidence", "callsmith.fold", "callsmith.conversation", "callsmith.answering"),
    *("callsmith.takeaway", "callsmith.variables", "callsmith.reading", "callsmith.bodies"),
)


@dataclass(frozen=True, slots=True)
class Import:
    file: str
    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line} imports {self.module}"


def sources() -> list[str]:
    """Every Python file of the product, relative to the root."""
    folders = [path for top in ("callsmith", "components", "pages") for path in (ROOT / top).rglob("*.py")]
    return sorted(path.relative_to(ROOT).as_posix() for path in [ROOT / "app.py", *folders])


@cache
def read(file: str) -> tuple[tuple[Import, ...], tuple[str, ...]]:
    """Imports and environment reads of a file. Its tree is let go: the garbage collector walks all that are held."""
    parsed = ast.parse((ROOT / file).read_text(encoding="utf-8"), file)
    return tuple(imports_of(file, parsed)), tuple(environment_reads(file, parsed))


def imports_of(file: str, parsed: ast.Module) -> Iterator[Import]:
    """Also those inside functions and under TYPE_CHECKING: a wall has no back door."""
    package = file.removesuffix("/__init__.py").removesuffix(".py").split("/")
    if not file.endswith("__init__.py"):
        package = package[:-1]
    for node in ast.walk(parsed):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            for alias in node.names:
                # `from callsmith import settings` names a module too; one dot more does no harm to the rules.
                yield Import(file, node.lineno, f"{module}.{alias.name}")


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for file in sources() for found in read(file)[0])


def within(name: str, places: tuple[str, ...]) -> bool:
    return any(name == place or (place.endswith("/") and name.startswith(place)) for place in places)


def inside(module: str, packages: tuple[str, ...]) -> bool:
    return any(module == package or module.startswith(package + ".") for package in packages)


def fault(found: Import) -> str | None:
    """Why this import breaks a wall; None when it does not."""
    top, file = found.top, found.file
    if top in ONLY_IN and not within(file, ONLY_IN[top]):
        return f"{top} belongs to {', '.join(ONLY_IN[top])}"
    if top == "pages":
        return "nothing imports a page"
    if file.startswith("pages/") and top in OURS and top != "components":
        return "a page imports components only"
    if file == "app.py" and top in OURS and top != "components":
        return "app.py imports components only"
    if file.startswith("callsmith/") and top in OURS and top != "callsmith":
        return "callsmith/ knows no page, component, test or benchmark"
    if top in ("tests", "bench"):
        return "the product imports neither tests nor benchmarks"
    return pure_fault(found) if within(file, PURE) else None


def pure_fault(found: Import) -> str | None:
    top, file = found.top, found.file
    if file.startswith("callsmith/types/"):
        if top in sys.stdlib_module_names and top not in IMPURE_STDLIB:
            return None
        return None if inside(found.module, ("callsmith.types",)) else "types import the standard library's data alone"
    if top in IMPURE_STDLIB:
        return "this room is pure: no clock, no thread, no socket"
    if top in sys.stdlib_module_names or top in PURE_LIBRARIES or inside(found.module, PURE_MODULES):
        return None
    return f"this room imports types and pure libraries ({', '.join(sorted(PURE_LIBRARIES))}) alone"


def environment_reads(file: str, parsed: ast.Module) -> list[str]:
    """Places that reach for the process environment, by attribute or by import."""
    names = {"environ", "environb", "getenv", "getenvb", "putenv", "unsetenv"}
    found = []
    for node in ast.walk(parsed):
        if isinstance(node, ast.Attribute) and node.attr in names:
            if isinstance(node.value, ast.Name) and node.value.id == "os":
                found.append(f"{file}:{node.lineno} reads os.{node.attr}")
        elif isinstance(node, ast.ImportFrom) and node.module == "os":
            found += [f"{file}:{node.lineno} imports os.{a.name}" for a in node.names if a.name in names]
    return found


def test_imports_keep_to_the_layers() -> None:
    faults = [f"{found}: {why}" for found in imports() if (why := fault(found))]
    assert not faults, "\n" + "\n".join(faults)


def test_only_settings_reads_the_environment() -> None:
    faults = [place for file in sources() if file != "callsmith/settings.py" for place in read(file)[1]]
    assert not faults, "ask callsmith.settings instead:\n" + "\n".join(faults)


def test_no_file_is_longer_than_its_room() -> None:
    lengths = {file: len((ROOT / file).read_text(encoding="utf-8").splitlines()) for file in sources()}
    faults = [f"{file}: {lines} lines; split it at {LONGEST}" for file, lines in lengths.items() if lines > LONGEST]
    assert not faults, "\n" + "\n".join(faults)


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("callsmith/store/rows.py", "import streamlit as st"),
        ("callsmith/job.py", "import httpx"),
        ("callsmith/store/rows.py", "import pandas"),
        ("callsmith/transport.py", "def f():\n    import sqlalchemy"),
        ("callsmith/wire/sse.py", "import time"),
        ("callsmith/wire/sse.py", "from callsmith import transport"),
        ("callsmith/wire/sse.py", "from ..transport import Transport"),
        ("callsmith/fold.py", "from tenacity import retry"),
        ("callsmith/types/turn.py", "import jiter"),
        ("callsmith/types/turn.py", "from callsmith.fold import fold"),
        ("callsmith/usage.py", "from components import words"),
        ("components/nav.py", "from pages import usage"),
        ("pages/usage.py", "from callsmith.usage import frame"),
        ("components/nav.py", "from tests import conftest"),
    ],
)
def test_a_breach_is_found(file: str, line: str) -> None:
    assert [found for found in imports_of(file, ast.parse(line)) if fault(found)]


@pytest.mark.parametrize(
    ("file", "line"),
    [
        ("components/usage/chart.py", "import altair as alt"),
        ("callsmith/transport.py", "import httpx"),
        ("callsmith/wire/sse.py", "from callsmith.types.events import Event"),
        ("callsmith/wire/sse.py", "from .base import Wire"),
        ("callsmith/schema/validate.py", "import jsonschema_rs"),
        ("callsmith/types/turn.py", "from .usage import Usage"),
    ],
)
def test_what_is_allowed_passes(file: str, line: str) -> None:
    assert not [found for found in imports_of(file, ast.parse(line)) if fault(found)]


@pytest.mark.parametrize(
    "line", ["import os\nos.environ['HOME']", "import os\nos.getenv('X')", "from os import environ"]
)
def test_a_read_of_the_environment_is_found(line: str) -> None:
    assert environment_reads("callsmith/job.py", ast.parse(line))
