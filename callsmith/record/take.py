"""A file taken into the store: what is whole comes in, conversation by conversation, and the rest is told.

Ids are kept. What is here already with the same content adds nothing; where an id stands here with other content, the
conversation comes in as a copy, whose id follows from what is in it, so that a second import adds nothing either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import BinaryIO

from callsmith.record import checked
from callsmith.record.document import dumps, whole, written_tool
from callsmith.record.entries import Entry, entries
from callsmith.record.fits import Misfit
from callsmith.record.harmless import harmless, mended, mended_conversation
from callsmith.record.keeping import kept_conversation, kept_exchange, kept_tool
from callsmith.record.recorded import Recorded, grouped
from callsmith.record.report import Copied, Report, Tally
from callsmith.record.written import WrittenConversation, WrittenTool, WrittenVersion
from callsmith.store import Store, StoreError
from callsmith.store.base import now
from callsmith.store.records_io import KeptTool
from callsmith.types.codec import to_json
from callsmith.types.exchange import Marks
from callsmith.types.setup import ToolUse
from callsmith.types.tool import Tool

MOST_TOOLS = 20_000
MOST_COPIES = 100
_NAMED = 8
_HALVES = "Half characters (lone surrogates), which no page can show, were replaced by �."
Form = Callable[[WrittenConversation], WrittenConversation]


def take(store: Store, stream: BinaryIO) -> Report:
    """Import a file: a record, or recorded exchanges. Never raises for what the file holds."""
    taking = _Taking(store)
    for entry in grouped(entries(stream)):
        taking.entry(entry)
    taking.rest()
    return taking.tally.report()


@dataclass(slots=True)
class _Brought:
    """A tool of the file; ``used``: a conversation wanted it; ``here``: it is here as the file has it."""

    tool: WrittenTool
    reaches: bool
    used: bool = False
    here: bool = False


class _Taking:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._tools: dict[str, _Brought] = {}
        self._library_is_here = False
        self._definitions: dict[str, str] = {}
        self._looked_up: set[str] = set()
        self.tally = Tally()

    def entry(self, entry: Entry) -> None:
        if entry.kind == "wrong":
            self.tally.skip(entry.place, entry.said)
        elif entry.kind == "note":
            self.tally.note(entry.said)
        elif entry.kind == "tool":
            self._tool(entry)
        else:
            if not self._library_is_here:
                self._library()
            self._conversation(entry)

    def rest(self) -> None:
        """What is to be said and done once the file was read."""
        if not self._library_is_here:
            self._library()
        for brought in self._tools.values():
            here = self._store.kept_tools([brought.tool.id]).get(brought.tool.id)
            if not brought.used and here is not None and not here.deleted and not _same_tool(here, brought.tool):
                self.tally.note(f"Tool {brought.tool.tool.name!r} is here in another form, which stays as it is.")

    def _library(self) -> None:
        """The tools of the library that are not here, in the order they have there."""
        for brought in self._tools.values():
            if brought.tool.conversation_id is None and not self._store.used_ids("", (), (brought.tool.id,)):
                new = _NewTools()
                new.add(brought.tool, brought.reaches)
                try:
                    self._store.keep(None, (), new.kept)
                except StoreError as error:
                    self.tally.skip(f"Tool {brought.tool.tool.name!r}", str(error))
                else:
                    self._told(new)
        self._library_is_here = True

    def _tool(self, entry: Entry) -> None:
        try:
            tool, reaches = checked.tool(mended(entry.value))
        except Misfit as misfit:
            self.tally.skip(f"Tool, {entry.place}{misfit.path}", _sentence(misfit))
            return
        if tool.id in self._tools:
            self.tally.skip(f"Tool {tool.tool.name!r}, {entry.place}", "Its id is that of an earlier tool in the file.")
        elif len(self._tools) >= MOST_TOOLS:
            self.tally.skip(f"Tool {tool.tool.name!r}, {entry.place}", f"More than {MOST_TOOLS:,} tools in one file.")
        else:
            self._tools[tool.id] = _Brought(tool, reaches)

    def _conversation(self, entry: Entry) -> None:
        what = _named(entry.value, entry.place)
        try:
            if isinstance(entry.value, Recorded):
                self._recorded(what, entry.value)
            else:
                value = mended(entry.value)
                if value is not entry.value:
                    self.tally.note(_HALVES)
                self._take(what, checked.conversation(value), _ageless)
        except Misfit as misfit:
            self.tally.skip(f"{what}{misfit.path and ', ' + misfit.path}", _sentence(misfit))
        except StoreError as error:
            self.tally.skip(what, str(error))

    def _recorded(self, what: str, recorded: Recorded) -> None:
        """With the tools that it was asked with: those of the library with the same definition, else new ones."""
        here = self._defined(recorded.tools)
        uses: dict[str, ToolUse] = {}
        for tool in recorded.tools:
            definition = _definition(tool)
            tool_id = here.get(definition) or _derived(definition)
            uses[tool_id] = ToolUse(tool_id)
            if definition not in here and tool_id not in self._tools and len(self._tools) < MOST_TOOLS:
                at = now()
                self._tools[tool_id] = _Brought(
                    WrittenTool(tool_id, tool, at, versions=(WrittenVersion(1, tool, "imported", at),)), reaches=False
                )
        read = recorded.conversation
        before = len(self.tally.added) + len(self.tally.copied)
        self._take(what, replace(read, setup=replace(read.setup, tools=tuple(uses.values()))), timeless)
        if len(self.tally.added) + len(self.tally.copied) == before:
            return
        if uses:
            names = ", ".join(repr(tool.name) for tool in recorded.tools[:_NAMED])
            more = f" and {len(recorded.tools) - _NAMED} more" if len(recorded.tools) > _NAMED else ""
            self.tally.note(f"{what}: it came with its tools {names}{more}.")
        for note in recorded.notes:
            self.tally.note(f"{what}: {note}")

    def _defined(self, wanted: Sequence[Tool]) -> Mapping[str, str]:
        """The ids of the tools of the library by their definitions: those of the names that were asked for so far, each
        name looked up once. Of two alike, the one that a recording brought."""
        names = {tool.name for tool in wanted} - self._looked_up
        for record in self._store.tools_named(names) if names else ():
            definition = _definition(record.tool)
            if definition not in self._definitions or record.id == _derived(definition):
                self._definitions[definition] = record.id
        self._looked_up |= names
        return self._definitions

    def _take(self, what: str, read: WrittenConversation, form: Form) -> None:
        """Under its own id, or the first derived one that is free or has the same content."""
        read, notes = harmless(read)
        digest = ""
        for number in range(MOST_COPIES):
            digest = digest or (_digest(form(read)) if number else "")
            new_id = read.id if not number else _derived(digest, read.id, str(number))
            ids = {one.id: _derived(new_id, one.id) for one in read.exchanges} if number else {}
            new = _NewTools()
            wanted = checked.renamed(read, new_id, ids, self._tools_for(read, new_id, new))
            used = self._store.used_ids(new_id, [one.id for one in wanted.exchanges], ())
            here = self._store.kept_conversation(new_id) if new_id in used else None
            if here is None:
                if not used:
                    exchanges = [kept_exchange(one) for one in wanted.exchanges]
                    self._store.keep(kept_conversation(wanted), exchanges, new.kept, new.restored)
                    self._told(new)
                    for note in notes:
                        self.tally.note(f"{what}: {note}")
                    self._count(read.id, new_id, what, number)
                    return
            elif form(_as_taken(whole(self._store, here))) in (
                form(wanted),
                form(checked.renamed(read, new_id, ids, {})),
            ):
                if here.deleted:
                    self._store.restore(new_id)
                    self._count(read.id, new_id, what, number)
                else:
                    self.tally.there += 1
                return
        raise Misfit(f"is here in {MOST_COPIES} other forms already")

    def _count(self, old_id: str, new_id: str, what: str, number: int) -> None:
        if number:
            why = "Its id, or that of one of its exchanges, is here with other content; it came in as a copy."
            self.tally.copied.append(Copied(old_id, new_id, what, why))
        else:
            self.tally.added.append(new_id)

    def _tools_for(self, read: WrittenConversation, new_id: str, new: _NewTools) -> Mapping[str, str]:
        """The ids that the conversation's tools have here."""
        ids: dict[str, str] = {}
        for use in read.setup.tools:
            brought = self._tools.get(use.tool_id)
            if brought is not None and use.tool_id not in ids:
                brought.used = True
                ids[use.tool_id] = self._bring(brought, read.id, new_id, new)
        return ids

    def _bring(self, brought: _Brought, old_id: str, new_id: str, new: _NewTools) -> str:
        tool = brought.tool
        if brought.here:
            return tool.id
        if tool.conversation_id is not None and tool.conversation_id == old_id:
            tool = replace(tool, conversation_id=new_id)
        here = self._store.kept_tools([tool.id]).get(tool.id)
        if here is None and not self._store.used_ids("", (), (tool.id,)):
            new.add(tool, brought.reaches)
        elif here is None or not _same_tool(here, tool):
            # What is here stays; the conversation gets the tool as the file has it, for itself alone.
            apart = replace(
                tool,
                id=_derived(_digest(replace(tool, versions=())), new_id),
                conversation_id=new_id or None,
                copy_of=tool.id,
            )
            if apart.id not in self._store.kept_tools([apart.id]):
                new.add(apart, brought.reaches)
            return apart.id
        elif here.deleted:
            new.restored.append(tool.id)
        else:
            brought.here = tool.conversation_id is None
        return tool.id

    def _told(self, new: _NewTools) -> None:
        self.tally.tools += [*(tool.record.id for tool in new.kept), *new.restored]
        for name in new.reaching:
            self.tally.note(
                f"Tool {name!r} answered by itself and reaches out to do so; it asks you first from now on."
            )


class _NewTools:
    """What a conversation brings along."""

    def __init__(self) -> None:
        self.kept: list[KeptTool] = []
        self.restored: list[str] = []
        self.reaching: list[str] = []

    def add(self, tool: WrittenTool, reaches: bool) -> None:
        self.kept.append(kept_tool(tool))
        if reaches:
            self.reaching.append(tool.tool.name)


def _as_taken(here: WrittenConversation) -> WrittenConversation:
    """What is here, as it would be if it came from a file."""
    return harmless(mended_conversation(here))[0]


def timeless(read: WrittenConversation) -> WrittenConversation:
    """A recording says nothing about when it was: its times are those of the import. Which tools of the library stand
    for its own is no content either."""
    exchanges = tuple(replace(exchange, marks=Marks(0.0)) for exchange in read.exchanges)
    setup = replace(read.setup, tools=())
    return replace(read, created_at=0.0, updated_at=0.0, setup=setup, exchanges=exchanges)


def _ageless(read: WrittenConversation) -> WrittenConversation:
    """When it was touched last is no content."""
    return replace(read, updated_at=0.0)


def _same_tool(here: KeptTool, tool: WrittenTool) -> bool:
    """Whether it is the same definition, answered in the same way but for whether it asks first."""
    old = written_tool(here)
    return (
        to_json(old.tool) == to_json(tool.tool)
        and replace(old.answering, auto=False) == replace(tool.answering, auto=False)
        and old.conversation_id == tool.conversation_id
    )


def _definition(tool: Tool) -> str:
    return dumps(to_json(replace(tool, origin=None))).decode()


def _digest(value: WrittenConversation | WrittenTool) -> str:
    return hashlib.sha256(dumps(to_json(value))).hexdigest()


def _derived(*texts: str) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _named(value: object, place: str) -> str:
    title = value.conversation.title if isinstance(value, Recorded) else None
    if isinstance(value, Mapping):
        title = value.get("title")
    shown = f" “{title[:60]}”" if isinstance(title, str) and title else ""
    return f"Conversation{shown}, {place}"


def _sentence(misfit: Misfit) -> str:
    said = misfit.message[:300]
    return f"{'It' if not misfit.path else 'What stands there'} {said}."
