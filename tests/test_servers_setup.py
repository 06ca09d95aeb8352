"""What `scripts/servers.sh` installs, when, and what it says where it cannot: the tests of that server are left out."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
# `-m venv` makes the folder; pip writes what it was asked for, and fails where a file says so.
PYTHON = """#!/bin/sh
case "$*" in
    "-m venv"*) for folder; do :; done; mkdir -p "$folder" ;;
    *"pip "*) echo "$*" >>pip.log; [ ! -e pip-fails ] || { echo "no such release"; exit 1; } ;;
esac
"""
NPM = """#!/bin/sh
echo "$*" >>npm.log
mkdir -p "$3"
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the script and the pins, and stand-ins for Python, Node and npm."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    shutil.copytree(ROOT / "tests" / "servers" / "programs", root / "tests" / "servers" / "programs")
    for path, script in ((".venv/bin/python", PYTHON), ("bin/npm", NPM), ("bin/node", "#!/bin/sh\n")):
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(script)
        (root / path).chmod(0o755)
    for name in ("sh", "cat", "cksum", "mkdir", "rm", "dirname"):
        (root / "bin" / name).symlink_to(shutil.which(name) or "")
    return root


def run(root: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(root / "bin"), **variables}
    command = ["sh", str(root / "scripts" / "servers.sh")]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def test_each_server_is_installed_once_from_its_pins(checkout: Path) -> None:
    assert run(checkout).returncode == 0
    assert run(checkout).stdout == ""
    assert asked(checkout) == ["llama.txt", "mcp-time.txt"]
    aimock, everything = lines(checkout / "npm.log")
    assert "@copilotkit/aimock@" in aimock and "--ignore-scripts" in aimock
    assert "@modelcontextprotocol/server-everything@" in everything and "--ignore-scripts" in everything


def test_changed_pins_are_installed_anew(checkout: Path) -> None:
    run(checkout)
    with (checkout / "tests" / "servers" / "programs" / "llama.txt").open("a") as pins:
        pins.write("one-more==1\n")
    run(checkout)
    assert asked(checkout) == ["llama.txt", "mcp-time.txt", "llama.txt"]
    assert len(lines(checkout / "npm.log")) == 2


def test_litellm_only_on_request(checkout: Path) -> None:
    run(checkout, CALLSMITH_TEST_LITELLM="1")
    assert asked(checkout) == ["llama.txt", "mcp-time.txt", "litellm.txt"]


def test_without_node_the_rest_is_installed_and_the_reason_is_kept(checkout: Path) -> None:
    (checkout / "bin" / "node").unlink()
    result = run(checkout)
    assert result.returncode == 1
    assert result.stderr.splitlines() == [
        f"Callsmith: the tests against {name} are left out: {reason(checkout)}."
        for name in ("aimock", "mcp-everything")
    ]
    assert "apt-get install nodejs npm" in reason(checkout)
    assert (checkout / ".servers" / "llama" / ".installed").is_file()


def test_an_install_that_fails_is_said_and_tried_again(checkout: Path) -> None:
    (checkout / "pip-fails").touch()
    result = run(checkout)
    assert result.returncode == 1
    assert ".servers/llama.log says why" in result.stderr
    assert lines(checkout / ".servers" / "llama.log") == ["no such release"]
    assert not (checkout / ".servers" / "llama" / ".installed").exists()
    (checkout / "pip-fails").unlink()
    assert run(checkout).returncode == 0
    assert not (checkout / ".servers" / "llama.missing").exists()


def test_two_installs_at_once_do_not_meet(checkout: Path) -> None:
    (checkout / ".servers").mkdir()
    (checkout / ".servers" / ".installing").write_text(str(os.getpid()))
    result = run(checkout)
    assert result.returncode == 1 and f"process {os.getpid()}" in result.stderr
    assert not (checkout / "pip.log").exists()


def asked(root: Path) -> list[str]:
    """The lists of packages that pip was given, in order."""
    return [line.rpartition("/")[2] for line in lines(root / "pip.log")]


def reason(root: Path) -> str:
    return (root / ".servers" / "aimock.missing").read_text().strip()
