"""The servers, started once and only when a test asks for them; what they printed stands beside a failure."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

from tests.servers import player
from tests.servers.served import KEY, PROGRAMS, Served, installed

FIXTURES = Path(__file__).parent / "aimock.json"
# LiteLLM is large, so it is asked only on request.
collect_ignore = [] if os.environ.get("CALLSMITH_TEST_LITELLM") else ["test_litellm.py"]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed:
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, Served):
                report.sections.append((f"log of {value.name}", value.log()))
    return report


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[player.Engine]:
    with player.engine(tmp_path_factory.mktemp("engine")) as made:
        yield made


@pytest.fixture(scope="session")
def llama(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """llama.cpp's own server, with a model that calls tools as its grammar allows and knows nothing."""
    python = installed("llama") / "bin" / "python"
    folder = tmp_path_factory.mktemp("llama")
    model = folder / "tiny.gguf"
    subprocess.run([python, PROGRAMS / "tiny_model.py", model], check=True, timeout=60)
    command = [python, PROGRAMS / "llama_server.py", model, KEY]
    server = Served("llama.cpp", command, folder / "log", says=r"listening on (http\S+)")
    yield server
    server.stop()


@pytest.fixture(scope="session")
def aimock(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """aimock with the turns of aimock.json, six characters an event."""
    program = installed("aimock") / "node_modules" / ".bin" / "llmock"
    command = [program, "-p", "0", "-f", FIXTURES, "-c", "6", "--strict"]
    log = tmp_path_factory.mktemp("aimock") / "log"
    server = Served("aimock", command, log, says=r"listening on (http\S+)", variables={"AIMOCK_API_KEYS": KEY})
    yield server
    server.stop()


@pytest.fixture(scope="session", params=["aimock", "llama"])
def litellm(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """LiteLLM's proxy, which serves every format by asking another server in Chat Completions."""
    program = installed("litellm") / "bin" / "litellm"
    upstream: Served = request.getfixturevalue(request.param)
    port = _free_port()
    variables = {
        "UPSTREAM": f"{upstream.url}/v1",
        "UPSTREAM_KEY": KEY,
        "LITELLM_MASTER_KEY": KEY,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "DISABLE_ADMIN_UI": "True",
    }
    command = [program, "--config", PROGRAMS / "litellm.yaml", "--host", "127.0.0.1", "--port", str(port)]
    log = tmp_path_factory.mktemp("litellm") / "log"
    url = f"http://127.0.0.1:{port}"
    server = Served(
        f"LiteLLM before {upstream.name}", command, log, url=url, health="/health/liveliness", variables=variables
    )
    yield server
    server.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
