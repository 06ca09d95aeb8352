"""The Reply tab of the options: a schema for the reply, and a reply in sound."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from callsmith import offer
from callsmith.types.connection import Target
from callsmith.types.features import SpokenReply
from callsmith.types.options import Options
from callsmith.types.setup import Setup
from callsmith.wire.registry import WIRES
from components.chat import option_fields as fields
from components.chat.response_schema import response_editor

# OpenAI's audio guide names these; other servers may have their own, which the extra body can ask for.
_VOICES = ("alloy", "ash", "ballad", "coral", "echo", "fable", "nova", "onyx", "sage", "shimmer", "verse")
_FORMATS = ("wav", "mp3", "flac", "opus", "pcm16")


def reply_options(setup: Setup, target: Target) -> None:
    label = WIRES[target.wire].label
    if offer.has(target, "response"):
        response_editor(setup, target)
    else:
        st.caption(f"Structured output: nothing is known for {target.model or 'this model'} in {label}.")
    if offer.has(target, "spoken"):
        _spoken(setup.options)
    else:
        st.caption(f"A spoken reply is asked for in Chat; {label} has no field for it.")


def _spoken(options: Options) -> None:
    spoken = options.spoken
    fields.toggle(
        "Spoken reply",
        "option-spoken",
        spoken is not None,
        lambda options, on: replace(options, spoken=SpokenReply() if on else None),
        help="Text and sound, from a model that can speak",
    )
    if spoken is None:
        return
    left, right = st.columns(2)
    fields.choice(
        left,
        "Voice",
        "option-voice",
        {voice: voice for voice in _VOICES},
        spoken.voice,
        lambda options, voice: replace(options, spoken=replace(options.spoken or SpokenReply(), voice=voice)),
    )
    fields.choice(
        right,
        "Sound format",
        "option-sound",
        {form: form for form in _FORMATS},
        spoken.format,
        lambda options, form: replace(options, spoken=replace(options.spoken or SpokenReply(), format=form)),
        help="pcm16 is the one that can be streamed",
    )
