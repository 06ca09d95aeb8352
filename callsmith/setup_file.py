"""The setup file: how a conversation asks and who answers its tools, as one JSON document.

It can be kept beside code, sent to someone, and run without a browser. Connections stand in it by name and secrets as
``{{NAME}}``, so that it holds no key (docs/setup-file.md; its JSON Schema is docs/setup.schema.json).
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Any

from callsmith.connections import BUILT_IN_IDS
from callsmith.conversation import Conversation
from callsmith.schema import text
from callsmith.schema.text import TextError
from callsmith.setup_file_check import Mistake, Reader, TooMany, json_text
from callsmith.setup_file_types import SetupFile, SetupTool
from callsmith.store import Store, ToolRecord
from callsmith.types.answering import Answering
from callsmith.types.codec import to_json
from callsmith.types.connection import Connection, Target
from callsmith.types.setup import Setup, ToolUse
from callsmith.types.tool import Tool, ToolChoice

FORMAT, VERSION = "callsmith-setup", 1
SCHEMA_KEY = "$schema"
# Of results that are written as JSON: the file as a whole may not be nested too deeply to be read.
_MOST_NESTED = 400


class SetupFileProblem(ValueError):
    """The text is no setup file that can be used. ``mistakes`` are all that were found, in the order of the file."""

    def __init__(self, mistakes: Sequence[Mistake]) -> None:
        super().__init__("\n".join(map(str, mistakes)))
        self.mistakes = tuple(mistakes)


def read(written: str) -> SetupFile:
    """Raises ``SetupFileProblem``, which names every mistake with its place."""
    try:
        document = text.read(written)
    except TextError as error:
        raise SetupFileProblem([Mistake("", str(error))]) from error
    if refused := _not_ours(document):
        raise SetupFileProblem([refused])
    reader, made, stopped = Reader(), SetupFile(), ""
    try:
        content = {key: value for key, value in document.items() if key not in ("format", "version", SCHEMA_KEY)}
        made = reader.read(SetupFile, content, "")
        if not reader.mistakes:
            _check_choice(reader, made)
    except TooMany:
        stopped = "there are more mistakes than are told here"
    if reader.mistakes:
        raise SetupFileProblem([*reader.mistakes, *([Mistake("", stopped)] if stopped else [])])
    return made


def write(file: SetupFile) -> str:
    """What ``read`` reads as an equal value. Only what differs from its default is written."""
    document = {"format": FORMAT, "version": VERSION, **to_json(file)}
    for tool in document.get("tools", ()):
        if "answering" in tool:
            _for_reading(tool["answering"])
    return text.write(document) + "\n"


def of_conversation(
    conversation: Conversation,
    setup: Setup,
    target: Target,
    records: Sequence[ToolRecord],
    connections: Sequence[Connection],
) -> SetupFile:
    """How a conversation asks, and its first message. ``target`` is where it asks now; ``records`` are its tools;
    ``connections`` give the names of those that play tools."""
    kept = {record.id: record for record in records}
    names = {connection.id: connection.name for connection in connections if connection.id not in BUILT_IN_IDS}
    tools = []
    for use in setup.tools:
        if record := kept.get(use.tool_id):
            tools.append(SetupTool.of(record.tool, _by_name(record.answering, names), on=use.on))
    choice = _possible(setup.options.tool_choice, {tool.name for tool in tools if tool.on})
    first = next((node.message.text for node in conversation.path() if node.message.role == "user"), "")
    return SetupFile(
        name=conversation.title,
        connection=names.get(target.connection.id, target.connection.id),
        model=target.model,
        wire=target.wire,
        system=setup.system,
        variables=setup.variables,
        prompt=first,
        tools=tuple(tools),
        options=replace(setup.options, tool_choice=choice),
        loop=setup.loop,
        budget=setup.budget,
    )


def found(name: str, connections: Sequence[Connection]) -> Connection | None:
    """The connection of a name, or of an id such as ``demo``; None where there is none."""
    exact = (one for one in connections if name in (one.name, one.id))
    return next(exact, None) or next((one for one in connections if one.name.lower() == name.lower()), None)


def keep(store: Store, file: SetupFile, connections: Sequence[Connection]) -> tuple[str, tuple[str, ...]]:
    """A new conversation from a file: its id, and what the file names that is not here, in sentences.

    A tool that the library has is taken from there; where another answers it there, the conversation gets a copy of
    its own, so that nothing changes for others.
    """
    conversation_id = store.create(Setup(), file.name)
    missing = []
    connection = found(file.connection, connections) if file.connection else None
    if file.connection and connection is None:
        missing.append(f"There is no connection of the name {file.connection} here, so the default one is used.")
    uses = []
    for tool in file.tools:
        answering, gone = with_ids(tool.answering, connections)
        if gone:
            missing.append(f"{tool.name} is played through a connection of the name {gone}, which is not here.")
        uses.append(ToolUse(_tool_id(store, conversation_id, tool.tool, answering), tool.on))
    setup = Setup(
        connection_id=connection.id if connection else "",
        wire=file.wire,
        model=file.model if connection or not file.connection else "",
        system=file.system,
        variables=file.variables,
        tools=tuple(uses),
        options=file.options,
        loop=file.loop,
        budget=file.budget,
    )
    store.save_setup(conversation_id, setup)
    return conversation_id, tuple(missing)


def _tool_id(store: Store, conversation_id: str, tool: Tool, answering: Answering) -> str:
    same = [record for record in store.tools() if replace(record.tool, origin=None) == tool]
    if alike := next((record for record in same if record.answering == answering), None):
        return alike.id
    tool_id = store.copy_for(conversation_id, same[0].id) if same else store.save_tool(tool, how="imported")
    store.save_answering(tool_id, answering)
    return tool_id


def _not_ours(document: Any) -> Mistake | None:
    """Why the rest is not even looked at."""
    if not isinstance(document, dict) or document.get("format") != FORMAT:
        return Mistake("", f'this is not a setup file; one begins with {{"format": "{FORMAT}", "version": {VERSION}')
    version = document.get("version")
    if isinstance(version, bool) or not isinstance(version, int) or version < 1:
        return Mistake("/version", f"the version is missing or no whole number; this Callsmith writes {VERSION}")
    if version > VERSION:
        return Mistake(
            "/version",
            f"this file is of version {version}, and this Callsmith reads {VERSION} and older; update Callsmith",
        )
    return None


def _check_choice(reader: Reader, file: SetupFile) -> None:
    choice, names = file.options.tool_choice, [tool.name for tool in file.tools if tool.on]
    if choice.mode == "named" and choice.name not in names:
        reader.wrong("/options/tool_choice/name", f'no tool that is on has the name "{choice.name[:80]}"')
    for number, name in enumerate(choice.allowed):
        if name not in names:
            reader.wrong(f"/options/tool_choice/allowed/{number}", f'no tool that is on has the name "{name[:80]}"')


def _possible(choice: ToolChoice, names: Collection[str]) -> ToolChoice:
    """A conversation keeps a choice of a tool that it does not offer any more, without using it."""
    if choice.mode == "named" and choice.name not in names:
        return ToolChoice()
    return replace(choice, allowed=tuple(name for name in choice.allowed if name in names))


def _for_reading(answering: dict[str, Any]) -> None:
    """Results as JSON where they are the JSON that ``read`` makes the same text of; connections under their name."""
    replies = [rule["reply"] for rule in answering.get("rules", ()) if "reply" in rule]
    for holder in [*replies, *answering.get("mocks", ())]:
        if "content" in holder:
            holder["content"] = _as_json(holder["content"])
    if "connection_id" in answering.get("model", {}):
        player = answering["model"]
        answering["model"] = {"connection": player.pop("connection_id"), **player}


def _as_json(content: str) -> Any:
    if not content.startswith(("{", "[")) or content.count("{") + content.count("[") > _MOST_NESTED:
        return content
    try:
        value = text.read(content)
    except TextError:
        return content
    return value if json_text(value) == content else content


def _by_name(answering: Answering, names: dict[str, str]) -> Answering:
    player = answering.model
    if player is None:
        return answering
    known = names.get(player.connection_id, player.connection_id)
    return replace(answering, model=replace(player, connection_id=known))


def with_ids(answering: Answering, connections: Sequence[Connection]) -> tuple[Answering, str]:
    """With the connection's id in place of its name; and the name, where there is no such connection."""
    player = answering.model
    if player is None or not player.connection_id:
        return answering, ""
    connection = found(player.connection_id, connections)
    kept = replace(player, connection_id=connection.id if connection else "")
    return replace(answering, model=kept), "" if connection else player.connection_id
