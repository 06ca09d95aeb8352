"""What a newcomer is told when `make run` cannot start: one line, with the remedy.

The scripts run in a copy of their own, with a stand-in `python3` first in PATH that answers as the broken one would.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
CONFLICT = "nothing-of-this-name==1"

# A python3 that works, save that `-m venv` makes a stand-in whose pip writes what it was asked for to pip.log.
WORKING = r"""#!/bin/sh
case "$*" in
    *version_info\[:2\]*) echo 3.11 ;;
    "-m venv .venv")
        mkdir -p .venv/bin
        cat >.venv/bin/python <<'INNER'
#!/bin/sh
case "$*" in
    *"pip install"*) echo "$*" >>pip.log; [ ! -e pip-fails ] || { echo "no such release" >&2; exit 1; } ;;
    scripts/port.py*) shift; exec REAL scripts/port.py "$@" ;;
    *streamlit*) echo "SERVED $*" ;;
esac
INNER
        chmod +x .venv/bin/python ;;
esac
"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A folder with the scripts and requirements, and bin/ for stand-ins."""
    root = tmp_path / "checkout"
    shutil.copytree(ROOT / "scripts", root / "scripts")
    for name in ("requirements.txt", "requirements-mcp.txt", "requirements-dev.txt", "constraints.txt"):
        shutil.copy(ROOT / name, root / name)
    stand_in(root, WORKING)
    return root


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def stand_in(root: Path, script: str) -> None:
    path = root / "bin" / "python3"
    path.parent.mkdir(exist_ok=True)
    path.write_text(script.replace("REAL", sys.executable))
    path.chmod(0o755)


def run(root: Path, script: str = "run.sh", *args: str, **variables: str) -> subprocess.CompletedProcess[str]:
    inherited = {name: value for name, value in os.environ.items() if name not in ("PORT", "PYTHON")}
    environment = {**inherited, "PATH": f"{root / 'bin'}:/usr/bin:/bin", **variables}
    command = ["sh", str(root / "scripts" / script), *args]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=30, check=False)


def assert_one_line(result: subprocess.CompletedProcess[str], *words: str) -> None:
    assert result.returncode != 0
    lines = result.stderr.splitlines()
    assert len(lines) == 1, result.stderr
    assert lines[0].startswith("Callsmith: ")
    assert [word for word in words if word not in lines[0]] == []


def test_no_python(checkout: Path) -> None:
    assert_one_line(run(checkout, PYTHON="no-such-python"), "no-such-python", "apt-get install python3")


def test_a_too_old_python(checkout: Path) -> None:
    stand_in(checkout, '#!/bin/sh\ncase "$*" in *\\[:2\\]*) echo 3.9 ;; *"< (3, 11)"*) exit 1 ;; esac\n')
    assert_one_line(run(checkout), "3.11 or newer", "is 3.9", "PYTHON=")


def test_no_venv_module(checkout: Path) -> None:
    stand_in(checkout, '#!/bin/sh\ncase "$*" in *\\[:2\\]*) echo 3.11 ;; *ensurepip*) exit 1 ;; esac\n')
    assert_one_line(run(checkout), "venv", "apt-get install python3-venv")


@pytest.mark.slow
def test_a_failing_install_says_so_and_the_next_run_goes_on(checkout: Path) -> None:
    (checkout / "pip-fails").touch()
    failed = run(checkout)
    assert failed.returncode != 0
    assert failed.stderr.splitlines()[-1].startswith("Callsmith: installing requirements.txt failed")
    assert "no such release" in failed.stderr
    (checkout / "pip-fails").unlink()
    assert "SERVED" in run(checkout).stdout


def test_a_taken_port(checkout: Path, taken: int) -> None:
    assert_one_line(run(checkout, PORT=str(taken)), f"port {taken} is taken", "make run PORT=8501")


@pytest.mark.parametrize("port", ["0", "65536", "http", "-1", "8501 8502", "99999999999999999999"])
def test_a_port_that_is_none(checkout: Path, port: str) -> None:
    assert_one_line(run(checkout, PORT=port), f"'{port}'", "make run PORT=8502")


@pytest.mark.slow
def test_the_second_run_installs_nothing_and_changed_requirements_do(checkout: Path) -> None:
    assert "SERVED -m streamlit run app.py --server.port 8765" in run(checkout, PORT="8765").stdout
    assert "installing" not in run(checkout, PORT="8765").stdout
    installs = (checkout / "pip.log").read_text().splitlines()
    assert [line.rpartition(" ")[2] for line in installs] == ["requirements.txt", "requirements-mcp.txt"]
    with (checkout / "constraints.txt").open("a") as constraints:
        constraints.write(f"{CONFLICT}\n")
    run(checkout, PORT="8765")
    assert len((checkout / "pip.log").read_text().splitlines()) == 4


def test_development_needs_include_the_apps(checkout: Path) -> None:
    run(checkout, "setup.sh", "dev")
    assert "installing" not in run(checkout, "setup.sh", "app").stdout


def test_an_install_that_was_cut_short_starts_over(checkout: Path) -> None:
    run(checkout, "setup.sh", "app")
    (checkout / ".venv" / ".installed-app").unlink()
    (checkout / ".venv" / "half-a-package").touch()
    with subprocess.Popen(["true"]) as gone:
        gone.wait()
    (checkout / ".venv" / ".installing").write_text(str(gone.pid))
    assert run(checkout, "setup.sh", "app").returncode == 0
    assert not (checkout / ".venv" / "half-a-package").exists()
    assert not (checkout / ".venv" / ".installing").exists()


def test_two_installs_at_once_do_not_meet(checkout: Path) -> None:
    (checkout / ".venv").mkdir()
    (checkout / ".venv" / ".installing").write_text(str(os.getpid()))
    assert_one_line(run(checkout, "setup.sh", "app"), f"process {os.getpid()}", "run this again")
