"""Many hands at once: threads and tabs write without lock errors, and nobody's message is lost."""

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callsmith.store import Store
from callsmith.types.setup import Setup
from tests.engine.store_kit import Stores, exchange, reply, said, turn

pytestmark = pytest.mark.slow

WRITERS = 6


@pytest.fixture
def stores(tmp_path: Path) -> Iterator[Stores]:
    made = Stores(tmp_path)
    yield made
    made.close()


def at_once(*jobs: Callable[[], None]) -> None:
    """Run them in threads that start together; the first error is raised here."""
    together = threading.Barrier(len(jobs))
    errors: list[Exception] = []

    def run(job: Callable[[], None]) -> None:
        together.wait()
        try:
            job()
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if errors:
        raise errors[0]


@pytest.mark.parametrize("own_stores", [False, True], ids=["one store", "a store each, as separate processes have"])
def test_six_writers(stores: Stores, own_stores: bool) -> None:
    shared = stores()

    def writer(number: int) -> Callable[[], None]:
        def write() -> None:
            store = stores() if own_stores else shared
            conversation_id = store.create(Setup(), str(number))
            for turn_number in range(10):
                asked = exchange(f"{number}-{turn_number}")
                question = said(f"Question {turn_number}")
                store.begin_exchange(asked, conversation_id, question.id, nodes=[question])
                store.append_body(asked.id, b"abc", asked.marks)
                assert store.load(conversation_id) is not None
                store.finish_exchange(asked, turn(), reply(asked, question, turn()))
                store.save_draft(conversation_id, "k", turn_number)

        return write

    at_once(*(writer(number) for number in range(WRITERS)))
    assert len(shared.usage_rows()) == WRITERS * 10
    assert {len(shared.load(item.id).nodes) for item in shared.recent()} == {20}  # type: ignore[union-attr]


def test_two_tabs_that_write_below_one_message_keep_both_arms(stores: Stores) -> None:
    tabs = [stores() for _ in range(2)]
    conversation_id = tabs[0].create(Setup())
    root = said("root")
    tabs[0].save_nodes(conversation_id, [root], root.id)

    def write(store: Store, name: str) -> None:
        for number in range(20):
            node = said(f"{name} {number}", root.id)
            store.save_nodes(conversation_id, [node], node.id)

    at_once(lambda: write(tabs[0], "left"), lambda: write(tabs[1], "right"))
    conversation = tabs[0].load(conversation_id)
    assert conversation is not None and len(conversation.nodes) == 41
    assert conversation.head in conversation.nodes
    texts = [node.message.text for node in conversation.siblings(conversation.head or "")]
    assert [text for text in texts if text.startswith("left")] == [f"left {number}" for number in range(20)]
    assert [text for text in texts if text.startswith("right")] == [f"right {number}" for number in range(20)]


def test_two_tabs_that_ask_at_once_keep_both_replies(stores: Stores) -> None:
    tabs = [stores() for _ in range(2)]
    conversation_id = tabs[0].create(Setup())
    root = said("root")
    tabs[0].save_nodes(conversation_id, [root], root.id)

    def ask(store: Store, name: str) -> None:
        asked = exchange(name)
        store.begin_exchange(asked, conversation_id, root.id)
        store.finish_exchange(asked, turn(name), reply(asked, root, turn(name)))

    at_once(lambda: ask(tabs[0], "left"), lambda: ask(tabs[1], "right"))
    conversation = tabs[1].load(conversation_id)
    assert conversation is not None and len(conversation.nodes) == 3
    assert conversation.head != root.id
    assert len(tabs[0].exchange_turn_info(conversation_id)) == 2
