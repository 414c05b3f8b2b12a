"""What a session leaves behind, as pages show it, whether or not it had an appointment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from web.views import View
from web.views.form import Form


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapPerson:
    """Who was there, from when to when; None for somebody who did not come."""

    name: str
    minutes: int
    joined_ms: int | None
    left_ms: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapBox:
    """One box of the agenda, by its name, with its minutes."""

    name: str
    planned: int
    actual: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapAction:
    """One action. ``owner`` is "" for nobody yet, ``due`` an ISO date or ""."""

    text: str
    owner: str
    due: str
    done: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class RecapPart:
    """What all wrap-ups show. ``extras`` are titles with Markdown, ``notes`` is Markdown.

    ``cut``: there is more of them, in the files.
    """

    starts_ms: int
    ends_ms: int | None
    people: tuple[RecapPerson, ...]
    boxes: tuple[RecapBox, ...]
    decisions: tuple[str, ...]
    actions: tuple[RecapAction, ...]
    extras: tuple[tuple[str, str], ...]
    notes: str
    cut: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomRecapView(View):
    """``GET /j/<token>/wrap-up``. Field of its form: ``email``.

    ``format`` is the format's name. ``zone`` is the reader's zone as their browser named it, "" for UTC.
    ``mails`` says whether letters leave this server. ``done`` is "mailed" or "". ``here`` is how many are in
    the room now.
    """

    template: ClassVar[str] = "recap/room.html"

    token: str
    title: str
    format: str
    zone: str
    part: RecapPart
    form: Form
    expires_ms: int
    here: int
    mails: bool
    done: str = ""
