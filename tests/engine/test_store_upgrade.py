"""The database is made and brought up to date at start, quickly, and says in words when it cannot be."""

import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from callsmith.store import Store, StoreError, Wanted, migrations
from callsmith.store.schema import metadata
from callsmith.types.tool import Tool
from tests.engine.store_kit import exchanged, raw, said, url_in

pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(autouse=True)
def migrated() -> None:
    """Here the migrations run as they do outside the tests: no database starts as a copy."""


def test_the_migrations_lead_to_the_tables_the_code_knows(tmp_path: Path) -> None:
    Store(url_in(tmp_path)).close()
    engine = sa.create_engine(url_in(tmp_path))
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        kept = sa.MetaData()
        kept.reflect(connection)
        assert {index.name for table in kept.tables.values() for index in table.indexes} == {
            index.name for table in metadata.tables.values() for index in table.indexes
        }
    engine.dispose()
    assert ScriptDirectory(str(Path(migrations.__file__).parent)).get_current_head() == migrations.HEAD


def test_every_table_has_an_owner() -> None:
    assert all("owner" in table.columns for table in metadata.tables.values())


def test_sqlite_is_set_up_for_many_hands(tmp_path: Path) -> None:
    store = Store(url_in(tmp_path))
    with store._engine.connect() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "busy_timeout", "foreign_keys")
        }
    store.close()
    assert settings == {"journal_mode": "wal", "synchronous": 1, "busy_timeout": 5000, "foreign_keys": 1}


OPEN = "import sys; from callsmith.store import Store; Store(sys.argv[1]); print('alembic' in sys.modules)"


def open_in_process(url: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", OPEN, url], cwd=ROOT, stdout=subprocess.PIPE, text=True)


def test_an_up_to_date_database_opens_without_alembic(tmp_path: Path) -> None:
    assert open_in_process(url_in(tmp_path)).communicate()[0] == "True\n"
    assert open_in_process(url_in(tmp_path)).communicate()[0] == "False\n"


def test_processes_that_start_at_once_make_it_once(tmp_path: Path) -> None:
    starting = [open_in_process(url_in(tmp_path)) for _ in range(4)]
    for process in starting:
        process.communicate()
    assert [process.returncode for process in starting] == [0] * 4
    store = Store(url_in(tmp_path))
    exchanged(store)
    store.close()


def at_revision(folder: Path, revision: str) -> None:
    """A database as an older version made it."""
    (folder / "data").mkdir()
    engine = sa.create_engine(url_in(folder))
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_tools_of_the_first_tables_become_version_1(tmp_path: Path) -> None:
    at_revision(tmp_path, "0001")
    tool = '{"name": "weather", "parameters": {"z": 1, "a": 2.0}}'
    rows = [("t1", "local", tool, 0, 5.0, None), ("t2", "ann", '{"name": "hers"}', 0, 6.0, 7.0)]
    with raw(tmp_path) as database:
        database.executemany(
            "INSERT INTO tools (id, owner, tool, position, updated_at, deleted_at) VALUES (?, ?, ?, ?, ?, ?)", rows
        )
    store = Store(url_in(tmp_path))
    (record,) = store.tools()
    (version,) = store.versions("t1")
    assert (record.tags, record.folder, record.conversation_id, record.copy_of) == ((), "", None, None)
    assert (version.number, version.how, version.name) == (1, "created", "") and version.tool == record.tool
    assert version.created_at.timestamp() == 5.0 and list(version.tool.parameters or ()) == ["z", "a"]
    store.save_tool(Tool("rain"), "t1")
    assert [(version.number, version.tool.name) for version in store.versions("t1")] == [(2, "rain"), (1, "weather")]
    store.close()
    hers = Store(url_in(tmp_path), "ann")
    assert [version.tool.name for version in hers.versions("t2")] == ["hers"] and hers.tools() == []
    hers.close()


def conversations_at_0003(folder: Path, number: int, messages: list[str]) -> None:
    """As the version before the search kept them."""
    at_revision(folder, "0003")
    with raw(folder) as database:
        for at in range(number):
            row = (f"c{at}", "ann" if at == 1 else "local", f"Title {at}", f"c{at}-{len(messages) - 1}", float(at))
            database.execute(
                "INSERT INTO conversations (id, owner, title, setup, head, waiting, revision, created_at, updated_at)"
                " VALUES (?, ?, ?, '{}', ?, 0, 1, 1.0, ?)",
                row,
            )
            database.executemany(
                "INSERT INTO nodes (conversation_id, id, owner, parent, position, message) VALUES (?, ?, ?, ?, ?, ?)",
                [
                    (f"c{at}", f"c{at}-{place}", row[1], f"c{at}-{place - 1}" if place else None, place, message)
                    for place, message in enumerate(messages)
                ],
            )


SAID = [
    '{"role": "user", "parts": [{"kind": "text", "text": "Is it sunny in M\\u00e1laga?"}]}',
    '{"role": "assistant", "parts": [{"kind": "tool_call", "id": "1", "name": "get_weather", "arguments": "{}"}]}',
    '{"role": "tool", "parts": [{"kind": "tool_result", "call_id": "1", "content": "a \\ud800 light wind"}]}',
]


def test_conversations_of_the_tables_before_the_search_are_found(tmp_path: Path) -> None:
    conversations_at_0003(tmp_path, 3, SAID)
    with raw(tmp_path) as database:
        database.execute("DELETE FROM nodes WHERE conversation_id = 'c2'")
        database.execute("UPDATE conversations SET head = NULL WHERE id = 'c2'")
    store = Store(url_in(tmp_path))
    for query in ("malaga", '"sunny in malaga"', "light wind", "get_weather"):
        assert [row.id for row in store.find(Wanted(query)).rows] == ["c0"], query
    assert [row.id for row in store.find(Wanted(tools=("get_weather",))).rows] == ["c0"]
    rows = store.find(Wanted()).rows
    assert [(row.id, row.tools, row.turns, row.tags, row.pinned, row.archived) for row in rows] == [
        ("c2", (), 0, (), False, False),
        ("c0", ("get_weather",), 1, (), False, False),
    ]
    more = said("And tomorrow?", "c0-2")
    store.save_nodes("c0", [more], more.id)
    assert store.find(Wanted("tomorrow malaga")).total == 1
    store.close()
    hers = Store(url_in(tmp_path), "ann")
    assert [row.id for row in hers.find(Wanted("sunny")).rows] == ["c1"]
    hers.close()


def test_an_upgrade_that_fails_leaves_everything_as_it_was(tmp_path: Path) -> None:
    conversations_at_0003(tmp_path, 2, [*SAID, "no JSON at all"])
    with pytest.raises(ValueError):
        Store(url_in(tmp_path))
    with raw(tmp_path) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("0003",)
        assert "tags" not in [row[1] for row in database.execute("PRAGMA table_info(conversations)")]


def test_a_newer_database_is_left_alone(tmp_path: Path) -> None:
    Store(url_in(tmp_path)).close()
    with raw(tmp_path) as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreError, match="newer Callsmith .revision 9999"):
        Store(url_in(tmp_path))
    with raw(tmp_path) as database:
        assert database.execute("SELECT version_num FROM alembic_version").fetchone() == ("9999",)


def test_a_file_that_is_no_database_is_named_and_left_alone(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    file = tmp_path / "data" / "callsmith.db"
    file.write_text("my diary, " * 100)
    with pytest.raises(StoreError, match=r"callsmith\.db cannot be opened: file is not a database"):
        Store(url_in(tmp_path))
    assert file.read_text().startswith("my diary")


def test_a_place_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file where the folder should be")
    with pytest.raises(StoreError, match="cannot be opened"):
        Store(url_in(tmp_path))


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("not a url", "not a database URL"),
        ("sqlite://", "in memory"),
        ("sqlite:///:memory:", "in memory"),
        ("nosuchdb://host/x", "cannot be opened"),
    ],
)
def test_bad_urls_are_explained(url: str, words: str) -> None:
    with pytest.raises(StoreError, match=words):
        Store(url)


def test_a_password_in_the_url_is_not_repeated() -> None:
    with pytest.raises(StoreError) as caught:
        Store("nosuchdb://me:hunter2secret@host/x")
    assert "hunter2secret" not in str(caught.value) and "***" in str(caught.value)
