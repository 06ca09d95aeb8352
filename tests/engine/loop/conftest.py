"""A conversation with the demo model for each test, closed after it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from callsmith.execute.occasion import Occasion
from callsmith.types.answering import Answer
from tests.engine.loop.kit import Table, Tables, answered


@pytest.fixture
def table(tmp_path: Path) -> Iterator[Tables]:
    made: list[Table] = []

    def make(answer: Callable[[Occasion], Answer] = lambda occasion: answered()) -> Table:
        made.append(Table(tmp_path, answer))
        return made[-1]

    yield make
    for one in made:
        one.close()
