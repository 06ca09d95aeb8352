"""After kill -9 nothing is lost: what had been saved is read, kept as an interrupted reply, exactly once."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from callsmith.reading import read_exchange
from callsmith.store import Store
from callsmith.types.exchange import Exchange
from callsmith.types.turn import Turn
from tests.engine.store_kit import Stores, exchange, exchanged, raw, reply, said, turn

ROOT = Path(__file__).resolve().parents[2]
HALF = b'data: {"choices":[{"index":0,"delta":{"content":"The weather is"}}]}\n\ndata: {"choi'

WORKER = """
import sys, time
from callsmith.store import Store
from callsmith.types.exchange import Marks
from tests.engine.store_kit import exchanged
store = Store(sys.argv[1])
exchanged(store, exchange_id="killed")
data = sys.stdin.buffer.read()
if data:
    store.append_body("killed", data[:40], Marks(time.time(), 0.1, 0.2))
    store.append_body("killed", data[40:], Marks(time.time(), 0.1, 0.2, 0.3))
print("saved", flush=True)
time.sleep(60)
"""


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    yield made
    made.close()


def start_worker(url: str, data: bytes) -> subprocess.Popen[bytes]:
    worker = subprocess.Popen(
        [sys.executable, "-c", WORKER, url], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert worker.stdin is not None and worker.stdout is not None
    worker.stdin.write(data)
    worker.stdin.close()
    assert worker.stdout.readline() == b"saved\n"
    return worker


def kill(worker: subprocess.Popen[bytes]) -> None:
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    assert worker.stdout is not None
    worker.stdout.close()


def set_worker(folder: Path, token: str, heartbeat_age: float = 0.0) -> None:
    with raw(folder) as database:
        database.execute("UPDATE exchanges SET worker = ?, heartbeat = heartbeat - ?", (token, heartbeat_age))


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see at once that a process died")
@pytest.mark.slow
def test_killed_in_mid_stream(stores: Stores) -> None:
    worker = start_worker(stores.url, HALF)
    store = stores()
    try:
        assert store.recover(read_exchange) == []
        assert store.recent()[0].state == "running"
    finally:
        kill(worker)
    conversation_id = store.recent()[0].id
    assert store.recover(read_exchange) == [conversation_id]
    conversation = store.load(conversation_id)
    assert conversation is not None
    message = conversation.path()[-1].message
    assert (message.role, message.text, message.cut) == ("assistant", "The weather is", True)
    assert message.origin is not None and message.origin.exchange_id == "killed"
    info = store.exchange_turn_info(conversation_id)["killed"]
    assert (info.state, info.node_id, info.marks.first_token) == ("interrupted", conversation.head, 0.3)
    assert info.problem is not None
    kept = store.exchange("killed")
    assert kept is not None and kept.body == HALF
    assert store.recent()[0].state == "interrupted"
    assert store.recover(read_exchange) == []


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see at once that a process died")
@pytest.mark.slow
def test_killed_before_an_answer_began(stores: Stores) -> None:
    kill(start_worker(stores.url, b""))
    store = stores()
    (conversation_id,) = store.recover(read_exchange)
    conversation = store.load(conversation_id)
    assert conversation is not None and conversation.path()[-1].message.text == "Hello"
    assert store.recent()[0].state == "interrupted"


def test_a_reply_that_was_whole_is_not_called_interrupted(tmp_path: Path, stores: Stores) -> None:
    store = stores()
    conversation_id = exchanged(store)
    rest = b'ces":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    store.append_body("e1", HALF + rest, exchange().marks)
    set_worker(tmp_path, "elsewhere|1|1", heartbeat_age=60)
    store.recover(read_exchange)
    info = store.exchange_turn_info(conversation_id)["e1"]
    assert (info.state, info.problem, info.finish) == ("finished", None, "stop")
    assert store.recent()[0].state == "idle"


def test_a_pid_that_was_used_again_is_another_process(tmp_path: Path, stores: Stores) -> None:
    store = stores()
    conversation_id = exchanged(store)
    assert store.recover(read_exchange) == []
    with raw(tmp_path) as database:
        (token,) = database.execute("SELECT worker FROM exchanges").fetchone()
    place, pid, start = token.rsplit("|", 2)
    assert int(pid) == os.getpid()
    set_worker(tmp_path, f"{place}|{pid}|{start}9", heartbeat_age=0 if start else 60)
    assert store.recover(read_exchange) == [conversation_id]


def test_a_process_on_another_host_is_judged_by_its_heartbeat(tmp_path: Path, stores: Stores) -> None:
    store = stores()
    conversation_id = exchanged(store)
    set_worker(tmp_path, "elsewhere pid:[1]|1|1", heartbeat_age=10)
    assert store.recover(read_exchange) == []
    set_worker(tmp_path, "elsewhere pid:[1]|1|1", heartbeat_age=10)
    assert store.recover(read_exchange) == [conversation_id]


@pytest.mark.slow
def test_what_cannot_be_read_is_closed_with_its_bytes(
    tmp_path: Path, stores: Stores, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(_: Exchange) -> Turn:
        raise RuntimeError("decoder bug")

    store = stores()
    conversation_id = exchanged(store)
    store.append_body("e1", b"bytes", exchange().marks)
    set_worker(tmp_path, "elsewhere|1|1", heartbeat_age=60)
    assert store.recover(broken) == [conversation_id]
    info = store.exchange_turn_info(conversation_id)["e1"]
    assert info.state == "interrupted" and info.problem is not None and "RuntimeError" in info.problem.message
    kept = store.exchange("e1")
    assert kept is not None and kept.body == b"bytes"
    assert "decoder bug" in caplog.text


@pytest.mark.slow
def test_a_worker_that_was_only_asleep_has_the_last_word(tmp_path: Path, stores: Stores) -> None:
    store = stores()
    conversation_id = exchanged(store)
    store.append_body("e1", HALF, exchange().marks)
    set_worker(tmp_path, "elsewhere|1|1", heartbeat_age=60)
    store.recover(read_exchange)
    whole = turn("The weather is fine")
    node = reply(exchange(), said(), whole)
    store.finish_exchange(exchange(body=b"all"), whole, node)
    conversation = store.load(conversation_id)
    assert conversation is not None and conversation.head == node.id
    assert store.exchange_turn_info(conversation_id)["e1"].state == "finished"


@pytest.mark.slow
def test_two_that_recover_at_once_do_it_once(tmp_path: Path, stores: Stores) -> None:
    opened = [stores() for _ in range(4)]
    expected = [exchanged(opened[0], exchange_id=str(number)) for number in range(10)]
    set_worker(tmp_path, "elsewhere|1|1", heartbeat_age=60)
    decoded: list[str] = []
    recovered: list[str] = []
    together = threading.Barrier(len(opened))

    def decode(kept: Exchange) -> Turn:
        decoded.append(kept.id)
        return read_exchange(kept)

    def run(store: Store) -> None:
        together.wait()
        recovered.extend(store.recover(decode))

    threads = [threading.Thread(target=run, args=(store,)) for store in opened]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(decoded) == sorted(str(number) for number in range(10))
    assert sorted(recovered) == sorted(expected)


def test_owners_recover_their_own(tmp_path: Path, stores: Stores) -> None:
    exchanged(stores())
    set_worker(tmp_path, "elsewhere|1|1", heartbeat_age=60)
    assert stores("ann").recover(read_exchange) == []
