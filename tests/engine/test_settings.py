from __future__ import annotations

from pathlib import Path

import pytest

from callsmith import settings
from callsmith.types.connection import KeyRef

NAMES = ("BASE_URL", "API_KEY", "MODEL", "DATABASE_URL", "CONNECTION_NAME")


@pytest.fixture(autouse=True)
def bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No variables, and a current folder and repository without .env."""
    for name in NAMES:
        monkeypatch.delenv(f"CALLSMITH_{name}", raising=False)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(settings, "ROOT", tmp_path / "repository")
    monkeypatch.setattr(settings, "dotenv", settings.read_dotenv)


def test_without_anything_there_is_a_database_in_the_data_folder_and_no_default_connection(tmp_path: Path) -> None:
    loaded = settings.load()
    assert loaded.database_url == f"sqlite:///{tmp_path / 'repository' / 'data' / 'callsmith.db'}"
    assert loaded.default_connection is None
    assert loaded.default_model == ""
    assert loaded.problems == ()


def test_the_environment_makes_the_default_connection_and_model(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://api.wenwen-ai.com/v1/")
    monkeypatch.setenv("CALLSMITH_API_KEY", "sk-canary-0123456789")
    monkeypatch.setenv("CALLSMITH_MODEL", "gpt-4o")
    loaded = settings.load()
    connection = loaded.default_connection
    assert connection is not None
    assert (connection.id, connection.name) == ("environment", "wenwen")
    assert connection.base_url == "https://api.wenwen-ai.com/v1"
    assert connection.key == KeyRef("environment", "CALLSMITH_API_KEY")
    assert loaded.default_model == "gpt-4o"
    assert "sk-canary" not in repr(loaded)


def test_the_connection_may_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://llm.example.com:8443/v1")
    connection = settings.load().default_connection
    assert connection is not None and connection.name == "llm.example.com:8443"
    monkeypatch.setenv("CALLSMITH_CONNECTION_NAME", "Team gateway")
    connection = settings.load().default_connection
    assert connection is not None and connection.name == "Team gateway"


def test_a_local_server_without_a_key_needs_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "http://localhost:11434/v1")
    connection = settings.load().default_connection
    assert connection is not None and connection.key == KeyRef("none")


def test_a_remote_server_without_a_key_asks_for_the_usual_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://api.openai.com/v1")
    connection = settings.load().default_connection
    assert connection is not None and connection.key == KeyRef("environment", "CALLSMITH_API_KEY")


def test_a_key_alone_goes_nowhere_and_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_API_KEY", "sk-canary-0123456789")
    loaded = settings.load()
    assert loaded.default_connection is None
    assert len(loaded.problems) == 1 and "CALLSMITH_BASE_URL is not" in loaded.problems[0]


def test_an_unusable_base_url_is_said_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CALLSMITH_BASE_URL", "https://me:hunter2@api.example.com/v1")
    loaded = settings.load()
    assert loaded.default_connection is None
    assert "user name or password" in loaded.problems[0]
    assert "hunter2" not in loaded.problems[0]


def test_dotenv_is_read_from_the_current_folder_and_the_environment_wins(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("CALLSMITH_MODEL=from-file\nOTHER_KEY=' spaced '\n")
    assert settings.secret("CALLSMITH_MODEL") == "from-file"
    assert settings.secret("OTHER_KEY") == "spaced"
    monkeypatch.setenv("CALLSMITH_MODEL", "from-environment")
    assert settings.secret("CALLSMITH_MODEL") == "from-environment"
    monkeypatch.setenv("CALLSMITH_MODEL", "")
    assert settings.secret("CALLSMITH_MODEL") is None


def test_dotenv_of_the_repository_counts_where_the_current_folder_has_none(tmp_path: Path) -> None:
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / ".env").write_text("CALLSMITH_DATABASE_URL=postgresql://db/callsmith\n")
    assert settings.load().database_url == "postgresql://db/callsmith"


def test_a_secret_set_later_counts_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit copies a changed secrets.toml into the environment while the app runs."""
    assert settings.secret("CALLSMITH_API_KEY") is None
    monkeypatch.setenv("CALLSMITH_API_KEY", "sk-canary-0123456789")
    assert settings.secret("CALLSMITH_API_KEY") == "sk-canary-0123456789"
