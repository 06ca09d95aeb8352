"""Sound and pictures in Chat replies."""

import base64
import io
import wave
from typing import Any

import pytest

from callsmith.types.parts import Media, Text
from callsmith.types.turn import Turn
from tests.wire.chat_kit import delta, read, whole

SAMPLES = bytes(range(200)) * 6


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def media(turn: Turn) -> list[Media]:
    return [part for part in turn.parts if isinstance(part, Media)]


def spoken(**fields: Any) -> dict[str, Any]:
    return delta(audio=fields)


def test_streamed_samples_become_a_file_that_plays() -> None:
    turn = read(
        spoken(id="audio_1", transcript="Hel"),
        spoken(id="audio_1", data=b64(SAMPLES[:101])),
        spoken(id="audio_1", data=b64(SAMPLES[101:]), transcript="lo"),
        spoken(id="audio_1", expires_at=9),
        delta("stop"),
    )
    assert turn.text == "Hello"
    (sound,) = media(turn)
    assert sound.media_type == "audio/wav"
    assert sound.extra["audio"] == {"id": "audio_1", "transcript": "Hello", "expires_at": 9}
    with wave.open(io.BytesIO(base64.b64decode(sound.data))) as file:
        assert (file.getframerate(), file.getnchannels(), file.getsampwidth()) == (24_000, 1, 2)
        assert file.readframes(10_000) == SAMPLES
    assert int.from_bytes(base64.b64decode(sound.data)[28:32], "little") == 48_000  # bytes a second


@pytest.mark.parametrize(
    ("start", "kind"),
    [
        (b"RIFF0000WAVE", "audio/wav"),
        (b"ID3\x04", "audio/mpeg"),
        (b"\xff\xfb\x90", "audio/mpeg"),
        (b"\xff\xf1\x50", "audio/aac"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
    ],
)
def test_the_bytes_say_what_they_are_and_stay_as_they_came(start: bytes, kind: str) -> None:
    data = b64(start + SAMPLES)
    turn = read(whole(content=None, audio={"id": "a", "data": data, "transcript": "Hi"}), stream=False)
    assert [(sound.media_type, sound.data) for sound in media(turn)] == [(kind, data)]


def test_one_base64_text_cut_in_pieces_is_joined() -> None:
    data = b64(b"RIFF" + SAMPLES)
    turn = read(spoken(id="a", data=data[:33]), spoken(data=data[33:]), delta("stop"))
    assert [sound.data for sound in media(turn)] == [data]


def test_sound_that_cannot_be_read_is_kept_as_it_came() -> None:
    turn = read(spoken(id="a", data="not base64"), delta("stop"))
    assert media(turn) == []
    assert turn.extra["audio"] == {"id": "a", "data": "not base64"}


def test_a_stream_that_broke_off_keeps_the_sound_so_far() -> None:
    turn = read(spoken(id="a", data=b64(SAMPLES), transcript="Hel"))
    assert len(media(turn)) == 1 and turn.text == "Hel"


@pytest.mark.parametrize("audio", [None, {}, {"data": "", "id": "", "transcript": "", "expires_at": 0}])
def test_empty_fields_are_no_sound(audio: Any) -> None:
    turn = read(whole(content="x", audio=audio), stream=False)
    assert turn.parts == (Text("x"),)


@pytest.mark.parametrize("stream", [True, False])
def test_pictures_come_after_the_text(stream: bool) -> None:
    images = [
        {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBO"}},
        {"type": "image_url", "image_url": {"url": "https://page.example/a.png"}},
        {"type": "image_url", "image_url": None},
    ]
    fields = {"content": "Here", "images": images}
    turn = read(delta(**fields), delta("stop")) if stream else read(whole(**fields), stream=False)
    assert turn.parts == (
        Text("Here"),
        Media("image/png", "iVBO"),
        Media("image/*", url="https://page.example/a.png"),
    )
    assert [unknown.where for unknown in turn.unknown] == ["image of a reply"]


def test_a_picture_among_the_parts_of_the_content() -> None:
    content = [
        {"type": "text", "text": "x"},
        {"type": "image_url", "image_url": {"url": "data:image/webp;base64,UklG"}},
    ]
    assert read(whole(content=content), stream=False).parts == (Text("x"), Media("image/webp", "UklG"))
