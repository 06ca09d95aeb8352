"""What every test stands on: a database and an environment of its own, the shared test data, Chromium."""

from __future__ import annotations

import gc
import os
import re
import shutil
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from dotenv import dotenv_values
from hypothesis import settings as hypothesis_settings

from callsmith import settings
from callsmith.store import base
from callsmith.store.engine import make_engine
from callsmith.store.upgrade import upgrade

# Thousands of tests and what they import stay to the end: a collector that walks them all the time takes a sixth of it.
gc.set_threshold(50_000, 20, 100)

# A machine may be busy: how long an example takes is measured elsewhere.
hypothesis_settings.register_profile("callsmith", deadline=None)
hypothesis_settings.load_profile("callsmith")

ROOT = Path(__file__).resolve().parents[1]
SHARED = ROOT.parent / "shared"
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
NUMBERS = count()
LONGEST = (
    *("test_zod.py", "test_corpora.py", "test_recorded.py", "test_pydantic.py", "test_hostile.py"),
    *("test_tools_command.py", "test_recordings.py", "test_roundtrip.py", "test_targets.py"),
)
KEY_NAMES = ("WENWEN_API_KEY", "OPENAI_API_KEY", "DEEPSEEK_API_KEY", "OPENROUTER_API_KEY")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The files that take longest begin first, so that two workers end at about the same time."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


def pytest_collection_finish() -> None:
    gc.freeze()


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """A file that is left out as a whole by its mark (``-m "not slow"``) need not be imported: the SDKs of the vendors
    and Streamlit take longer than all that a quick round runs."""
    if collection_path.suffix != ".py":
        return None
    marks = re.search(r"^pytestmark = (.*)", collection_path.read_text("utf-8"), re.MULTILINE)
    terms = config.option.markexpr.split(" and ")
    return True if marks and any(f"not {mark}" in terms for mark in re.findall(r"mark\.(\w+)", marks[1])) else None


def absent(what: str) -> None:
    """Skip the test, but fail it under CI=true: there a missing piece must not pass unseen."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(what, pytrace=False)
    pytest.skip(what)


@pytest.fixture(autouse=True)
def own_environment(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """A database of the test's own, and neither the developer's variables nor their .env."""
    for name in os.environ:
        if name.startswith("CALLSMITH_") or name in KEY_NAMES:
            monkeypatch.delenv(name)
    # Most tests have no use for a folder of their own: theirs is named, and not made.
    path = tmp_path_factory.getbasetemp() / f"callsmith-{next(NUMBERS)}.db"
    monkeypatch.setenv("CALLSMITH_DATABASE_URL", f"sqlite:///{path}")
    monkeypatch.setattr(settings, "dotenv_values", lambda path: {} if path == ROOT / ".env" else dotenv_values(path))
    settings.dotenv.cache_clear()


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty database that all migrations have run on."""
    path = tmp_path_factory.mktemp("migrated") / "callsmith.db"
    engine = make_engine(sa.make_url(f"sqlite:///{path}"))
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(autouse=True)
def migrated(migrated_file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A new database of this process starts as a copy of the migrated one: the migrations take ten times as long as
    the copy, and a thousand tests have a database. Where the migrations are what is tested, override this fixture."""

    def from_copy(engine: sa.Engine) -> None:
        path = engine.url.database if engine.dialect.name == "sqlite" else None
        if path and Path(path).parent.is_dir() and not Path(path).exists():
            shutil.copyfile(migrated_file, path)
        upgrade(engine)

    monkeypatch.setattr(base, "upgrade", from_copy)


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of recordings and schemas beside the repository; never copied into it."""
    if not SHARED.is_dir():
        absent("no folder shared/ beside the repository: the recordings and schemas are not here")
    return SHARED


@pytest.fixture(scope="session")
def chromium() -> str:
    """Path of a Chromium for Playwright's ``executable_path``."""
    path = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if path is None:
        absent("no Chromium on this machine: install it (on Debian: apt-get install chromium)")
    assert path is not None
    return path
