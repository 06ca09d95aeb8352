"""JSON paths (RFC 9535) for conditions, quotes and results: ``$.city``, ``$.items[0].name``, ``$..[?@.price < 10]``.

The library reads and follows the path; this module makes it safe for paths and documents from anywhere. Every node
that a path visits, in a filter too, takes from one allowance, and expressions of ``match`` and ``search`` must be
written out, so that they can be made ready (and refused) beforehand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from itertools import islice
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment, JSONPathMatch
from jsonpath.exceptions import JSONPathError
from jsonpath.filter import BaseExpression, FilterExpression, FilterQuery, StringLiteral
from jsonpath.function_extensions import Count, ExpressionType, FilterFunction, Length, Value
from jsonpath.segments import JSONPathSegment
from jsonpath.selectors import Filter, FilterContext
from jsonpath.token import Token

from callsmith.answering.regex import found, why_not

MAX_PATH = 500
MAX_FOUND = 1_000
MAX_WORK = 300_000
"""Nodes that a path may visit, and parts of filters that it may ask."""


class PathError(ValueError):
    """Says why a path is none, or cannot be followed in this document."""


class _TooMuch(Exception):
    pass


def find(path: str, document: Any) -> tuple[Any, ...]:
    """What ``path`` finds, in the order of the document, at most ``MAX_FOUND`` values. An empty path is all of it, and
    ``city`` is short for ``$.city``. PathError where it is no path, or takes too long on this document."""
    if not path.strip():
        return (document,)
    compiled = _compiled(path)
    if not isinstance(document, dict | list):
        return () if compiled.segments else (document,)
    try:
        root = _Node(document, document, _Allowance())
        return tuple(node.obj for node in islice(_followed(compiled.segments, root), MAX_FOUND))
    except _TooMuch:
        raise PathError("The path has too much to look at in this document. Make it narrower.") from None
    except RecursionError:
        raise PathError("The document is nested too deeply for this path.") from None
    except JSONPathError as error:
        raise PathError(_told(error, path)) from error


def check(path: str) -> str:
    """Why ``path`` is none, with the place; empty when it is one."""
    try:
        if path.strip():
            _compiled(path)
    except PathError as error:
        return str(error)
    return ""


def single(path: str) -> bool:
    """Whether ``path`` means one place: names and positions only. PathError where it is none."""
    return not path.strip() or _compiled(path).singular_query()


class _Allowance(dict[str, Any]):
    """Travels through the library as the context of filters."""

    def __init__(self) -> None:
        super().__init__(allowance=True)  # The library drops an empty one.
        self.left = MAX_WORK

    def take(self, steps: int) -> None:
        self.left -= steps
        if self.left < 0:
            raise _TooMuch


class _Node(JSONPathMatch):
    """A node that is paid for, and keeps no words about where it is."""

    __slots__ = ("allowance",)

    def __init__(self, value: object, root: Any, allowance: _Allowance) -> None:
        # Going down, the library passes entries that hold nothing without a node of their own.
        allowance.take(1 + len(value) // 4 if isinstance(value, dict | list) else 1)
        super().__init__(filter_context=allowance, obj=value, parent=None, path="", parts=(), root=root)
        self.allowance = allowance

    def new_child(self, obj: object, key: int | str) -> JSONPathMatch:
        return _Node(obj, self.root, self.allowance)

    def add_child(self, *children: JSONPathMatch) -> None:
        pass


class _Path(JSONPath):
    """A path inside a filter, with nodes that are paid for."""

    __slots__ = ()

    def finditer(self, data: Any, *, filter_context: Mapping[str, Any] | None = None) -> Iterable[JSONPathMatch]:
        assert isinstance(filter_context, _Allowance)
        return _followed(self.segments, _Node(data, data, filter_context))


class _Filter(FilterExpression):
    """A filter that is paid for each time it is asked."""

    __slots__ = ("price",)

    def __init__(self, expression: BaseExpression) -> None:
        super().__init__(expression)
        self.price = _size(expression)

    def evaluate(self, context: FilterContext) -> bool:
        assert isinstance(context.extra_context, _Allowance)
        context.extra_context.take(self.price)
        return super().evaluate(context)


class _Regex(FilterFunction):
    """``match`` (the whole text) and ``search`` (anywhere in it)."""

    arg_types = [ExpressionType.VALUE, ExpressionType.VALUE]  # noqa: RUF012
    return_type = ExpressionType.LOGICAL

    def __init__(self, whole: bool) -> None:
        self.whole = whole

    def pattern(self, written: str) -> str:
        return f"^(?:{written})$" if self.whole else written

    def __call__(self, text: object, written: str) -> bool:
        return isinstance(text, str) and found(self.pattern(written), text)


class _Environment(JSONPathEnvironment):
    def setup_function_extensions(self) -> None:
        self.function_extensions = {
            **{"length": Length(), "count": Count(), "value": Value()},
            **{"match": _Regex(whole=True), "search": _Regex(whole=False)},
        }

    def check_well_typedness(self, token: Token, func: FilterFunction, args: list[BaseExpression]) -> None:
        super().check_well_typedness(token, func, args)
        if isinstance(func, _Regex):
            written = args[1]
            if not isinstance(written, StringLiteral):
                raise PathError(f"{token.value}() wants its expression in quotes{_at(token)}.")
            reason = why_not(written.value)
            if reason:
                raise PathError(f"The expression of {token.value}(){_at(token)}: {reason}")


_ENVIRONMENT = _Environment(strict=True, filter_caching=False)


@lru_cache(maxsize=256)
def _compiled(path: str) -> JSONPath:
    written = path.strip()
    if len(written) > MAX_PATH:
        raise PathError(f"The path has {len(written):,} characters; {MAX_PATH} are the most.")
    if not written.startswith("$"):
        written = f"${written}" if written.startswith(("[", ".")) else f"$.{written}"
    try:
        compiled = _ENVIRONMENT.compile(written)
        assert isinstance(compiled, JSONPath)
        _pay(compiled.segments)
    except JSONPathError as error:
        raise PathError(_told(error, path)) from error
    except RecursionError:
        raise PathError("The path is nested too deeply.") from None
    except (ValueError, OverflowError) as error:
        if isinstance(error, PathError):
            raise
        raise PathError("A number in the path is too large.") from error
    return compiled


def _pay(segments: Iterable[JSONPathSegment]) -> None:
    for segment in segments:
        for selector in segment.selectors:
            if isinstance(selector, Filter):
                selector.expression = _Filter(selector.expression.expression)
                _pay_for_queries(selector.expression)


def _pay_for_queries(expression: BaseExpression) -> None:
    if isinstance(expression, FilterQuery):
        _pay(expression.path.segments)
        expression.path = _Path(env=_ENVIRONMENT, segments=expression.path.segments)
    else:
        for child in expression.children():
            _pay_for_queries(child)


def _size(expression: BaseExpression) -> int:
    return 1 + sum(map(_size, expression.children()))


def _followed(segments: Iterable[JSONPathSegment], root: JSONPathMatch) -> Iterable[JSONPathMatch]:
    nodes: Iterable[JSONPathMatch] = (root,)
    for segment in segments:
        nodes = segment.resolve(nodes)
    return nodes


def _told(error: JSONPathError, path: str) -> str:
    if isinstance(error, RecursionError):
        return "The path, or the document, is nested too deeply."
    said = str(error.message or "not a JSON path")
    return f"This is not a JSON path: {said}{_at(getattr(error, 'token', None), path)}."


def _at(token: Token | None, path: str = "") -> str:
    """Where in the path as it was written, counted from 1."""
    if token is None:
        return ""
    added = len(token.path) - len(path.strip()) if path else 0
    place = len(path) if token.index < 0 else token.index - added
    return f", at character {max(place, 0) + 1}"
