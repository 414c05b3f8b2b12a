"""Captions: what each speaker's own browser has understood of them, and whether that is kept."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

from signaling.parts import Count, Keeping, Part, Wire

LONGEST_CAPTION = 500
"""Characters; recognisers end a line well before."""

KeepAct = Literal["ask", "agree", "stop"]
"""``ask`` is for facilitators, ``agree`` and ``stop`` for anybody: one who does not want it is enough."""


class CaptionLine(Part, frozen=True):
    """What ``member`` says, as far as their browser has understood it.

    ``line`` counts that member's lines; a later one with the same number replaces it, until ``final``.
    ``language`` is a language tag, such as ``fr-CA``.
    """

    member: str
    line: int
    text: str
    final: bool
    language: str


class Caption(Wire, tag="caption", frozen=True):
    """What this browser has understood of its own person, so far or finally."""

    line: Count
    text: Annotated[str, Meta(max_length=LONGEST_CAPTION)]
    final: bool
    language: Annotated[str, Meta(pattern=r"^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8}){0,3}\Z", max_length=16)]


class CaptionsWanted(Wire, tag="captions-wanted", frozen=True):
    """Whether this page shows captions."""

    on: bool


class KeepCaptions(Wire, tag="keep-captions", frozen=True):
    """Asks everybody whether captions may be kept, agrees to it, or has none of it."""

    act: KeepAct


class Captions(Wire, tag="captions", frozen=True):
    """What has been said since the last of these."""

    lines: tuple[CaptionLine, ...]


class KeepingChanged(Wire, tag="keeping", frozen=True):
    """Whether captions are kept, after a change; already in the store."""

    keeping: Keeping


CaptionRequest = Caption | CaptionsWanted | KeepCaptions
CaptionAnswer = Captions | KeepingChanged
