"""Bytes from anywhere as text: gzip opened, encodings told apart, sizes bounded."""

from __future__ import annotations

import zlib

from callsmith.importing.types import ImportProblem

MAX_UNPACKED = 64 * 1024 * 1024
MAX_TEXT = 25_000_000
_GZIP = b"\x1f\x8b"
_CHUNK = 1024 * 1024
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def text_of(data: str | bytes) -> str:
    """The text of a file or a paste. ImportProblem where it is none, or too long."""
    text = data if isinstance(data, str) else _decoded(_unpacked(data) if data.startswith(_GZIP) else data)
    text = text.removeprefix("\ufeff")
    if not text.strip():
        raise ImportProblem("There is nothing in it")
    return text


def refuse_long(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise ImportProblem(
            f"The text has {len(text):,} characters; at most {MAX_TEXT:,} are read at once. Split it, or use "
            "JSON lines with one tool a line"
        )


def stem(filename: str) -> str:
    """The name of a file without folders and endings: ``a/b/weather.tools.json.gz`` is ``weather``."""
    return filename.replace("\\", "/").rpartition("/")[2].partition(".")[0]


def _unpacked(data: bytes) -> bytes:
    """All members of a gzip file, as long as they stay within ``MAX_UNPACKED``."""
    pieces: list[bytes] = []
    size = 0
    while data:
        unpacker = zlib.decompressobj(wbits=31)
        waiting = data
        while waiting and not unpacker.eof:
            try:
                piece = unpacker.decompress(waiting, _CHUNK)
            except zlib.error as error:
                raise ImportProblem(f"This gzip file is damaged ({error})") from error
            size += len(piece)
            if size > MAX_UNPACKED:
                raise ImportProblem(f"This gzip file unpacks to more than {MAX_UNPACKED // 1024 // 1024} MB")
            pieces.append(piece)
            waiting = unpacker.unconsumed_tail
            if not piece and not waiting:
                break
        if not unpacker.eof:
            raise ImportProblem("This gzip file is damaged: its end is missing")
        data = unpacker.unused_data.lstrip(b"\0")
    return b"".join(pieces)


def _decoded(data: bytes) -> str:
    if len(data) > MAX_UNPACKED:
        raise ImportProblem(f"The file has more than {MAX_UNPACKED // 1024 // 1024} MB")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ImportProblem(
            f"This is not text: byte {error.start:,} (line {line}) is not {encoding.upper()}"
        ) from error
