"""A room as it was planned: its format, its guests and their links. What pages make and the store keeps."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from server.mentoring.meetings import AgendaItem
from server.room.formats import Format, scale
from server.room.names import clean_name
from server.room.planned import planned_boxes, waiting
from signaling.errors import ProtocolError
from signaling.parts import Guest, Language, Role, Timer, Words

MOST_GUESTS = 100
"""Links a room can have: from a pair to a lecture on two cores."""

MOST_CAMERAS_SHOWN = 8
"""Cameras that one person sees at a time."""


class GuestRecord(Struct, frozen=True, kw_only=True):
    """A person with a personal link, the ``place``th on the list.

    The link carries ``serial``: renewing counts it up, and older links fall.
    """

    id: str
    name: str
    role: Role
    serial: int = 1
    revoked: bool = False
    place: int = 0

    def shown(self) -> Guest:
        """The guest as others see them."""
        return Guest(id=self.id, name=self.name, role=self.role)


class RoomRecord(Struct, frozen=True, kw_only=True):
    """A planned room. ``title`` may be empty; links open nothing from ``expires_ms`` on.

    ``after`` is the path of the appointment's page, where people go on afterwards, "" for none.
    ``conversation`` is the mentorship whose conversation the chat is, "" for a chat of the room's own.
    ``queued``: office hours, whoever comes waits in a queue and visits alone.
    ``pairs`` are guests of it who belong together by other mentorships of their programme.
    ``language`` and ``zone`` are those of the notes' headings; ``format_name`` is the format's own name, null
    for the catalogues'.
    """

    id: str
    title: str
    format: str
    minutes: int
    created_ms: int
    expires_ms: int
    guests: tuple[GuestRecord, ...]
    after: str = ""
    conversation: str = ""
    queued: bool = False
    pairs: tuple[tuple[str, ...], ...] = ()
    language: Language = "en"
    zone: str = "UTC"
    format_name: Words | None = None

    @property
    def video_slots(self) -> int:
        """How many receiving video m-lines a browser offers at first: the others' cameras, and a screen."""
        return min(max(len(self.guests) - 1, 0), MOST_CAMERAS_SHOWN) + 1

    def guest(self, guest_id: str) -> GuestRecord | None:
        """The guest with this id, None when the room has no such guest."""
        return next((guest for guest in self.guests if guest.id == guest_id), None)

    def keeps_from(self, reader: GuestRecord) -> bool:
        """Whether there is something that this guest may not know: other visitors of office hours."""
        return self.queued and reader.role != "mentor"

    def known(self, reader: GuestRecord, other: GuestRecord) -> bool:
        """Whether this guest may know of that one."""
        return not self.keeps_from(reader) or other.id == reader.id or other.role == "mentor"

    def with_guest(self, changed: GuestRecord) -> RoomRecord:
        """The same room with that guest's record exchanged, or added last."""
        if self.guest(changed.id) is None:
            return replace(self, guests=(*self.guests, changed))
        guests = tuple(changed if guest.id == changed.id else guest for guest in self.guests)
        return replace(self, guests=guests)


class Invited(Struct, frozen=True):
    """Somebody to make a link for: ``id`` is new and random, ``name`` as typed."""

    id: str
    name: str
    role: Role


def plan(
    *,
    room_id: str,
    title: str,
    agenda: Format,
    minutes: int,
    invited: Sequence[Invited],
    now_ms: int,
    expires_ms: int,
    items: Sequence[AgendaItem] = (),
    language: Language = "en",
    zone: str = "UTC",
) -> tuple[RoomRecord, Timer]:
    """A new room and its timer, names cleaned. Ids are the caller's, random and unguessable.

    ``items`` are an agenda in place of the format's; ``language`` and ``zone`` those of the notes' headings.

    Raises ``ProtocolError`` ``name-missing`` or ``name-too-long`` with the field ``guests.<index>.name`` or
    ``title``, ``room-full`` beyond ``MOST_GUESTS``; ``ValueError`` for minutes that don't fit the format.
    """
    if len(invited) > MOST_GUESTS:
        raise ProtocolError("room-full", "guests")
    record = RoomRecord(
        id=room_id,
        title=clean_name(title, "title") if title.strip() else "",
        format=agenda.key,
        minutes=minutes,
        created_ms=now_ms,
        expires_ms=expires_ms,
        queued=agenda.queued,
        language=language,
        zone=zone,
        guests=tuple(
            GuestRecord(
                id=each.id, name=clean_name(each.name, f"guests.{index}.name"), role=each.role, place=index
            )
            for index, each in enumerate(invited)
        ),
    )
    boxes = planned_boxes(agenda, minutes, items) if items else scale(agenda, minutes)
    return record, waiting(boxes)
