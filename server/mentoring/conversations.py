"""What the people of a mentorship write to each other: one conversation for each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from server.mentoring.mentorships import OPEN_STATES, Mentorship, MentorshipId
from server.mentoring.people import PersonId

LONGEST_MESSAGE = 8_000
"""Characters of one message."""

NOTIFY_MS = 2 * 60_000
"""How long a letter about a new message waits for further ones."""

NOTIFY_EVERY_MS = 10 * 60_000
"""How often a conversation's letters come to one person at most."""

QUOTED = 10
"""So many new messages stand in a letter; of more it gives the number."""


class Attachment(Struct, frozen=True, kw_only=True):
    """A file beside a message. ``name`` is text as typed, ``media_type`` follows from what is in it."""

    id: str
    name: str
    media_type: str
    size: int


class Message(Struct, frozen=True, kw_only=True):
    """One message; it never changes. ``via`` tells how it came, ``reply`` is the one it answers, or ""."""

    id: str
    mentorship: MentorshipId
    author: PersonId
    text: str
    at_ms: int
    via: Literal["page", "mail"] = "page"
    attachments: tuple[Attachment, ...] = ()
    reply: str = ""


LONGEST_QUOTE = 140
"""So much of a line is shown where another one answers it."""


def excerpt(text: str) -> str:
    """The beginning of a line, as a quotation of one line."""
    words = " ".join(text.split())
    return words if len(words) <= LONGEST_QUOTE else f"{words[:LONGEST_QUOTE].rstrip()}…"


def may_write(mentorship: Mentorship) -> bool:
    """Whether its people can write to each other now: from being accepted until it is closed."""
    return mentorship.state in OPEN_STATES


def news(messages: Sequence[Message], person: PersonId, after_ms: int) -> tuple[Message, ...]:
    """What others wrote after an instant, in the order of ``messages``."""
    return tuple(each for each in messages if each.author != person and each.at_ms > after_ms)
