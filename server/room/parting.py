"""How a room is parted into small rooms: who is where. Part of the room's state, immutable, as stored."""

from __future__ import annotations

from collections.abc import Collection

from msgspec import Struct
from msgspec.structs import replace

from server.room.rotation import Past, Round, pairs
from signaling.parts import Apart, ApartHow, Between, NotesFor, OddOne, Rounds, SmallRoom

MAIN = ""
"""The id of the main room, among those of small rooms."""

_notes: dict[ApartHow, NotesFor] = {"hand": "all", "random": "all", "pairs": "room", "rotation": "room"}
"""A pair that talks by itself writes for itself; a group that is sent out with a question writes for all."""


class Small(Struct, frozen=True, kw_only=True):
    """A small room. ``members`` are in it now, ``named`` belong here when they come, ``been`` were ever here.

    ``asks`` are members who have asked for help, the first first.
    """

    id: str
    members: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    been: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()

    def having(self, members: tuple[str, ...]) -> Small:
        """The same room with these in it."""
        been = tuple(dict.fromkeys((*self.been, *members)))
        asks = tuple(each for each in self.asks if each in members)
        return replace(self, members=members, been=been, asks=asks)


class Rotation(Struct, frozen=True, kw_only=True):
    """A speed rotation: as it was asked for (``rounds`` at most), and where it is.

    ``plan`` are the rounds to come. ``pausing`` have nobody in this one.
    """

    between: Between
    minutes: int
    odd: OddOne
    rounds: int
    index: int
    plan: tuple[Round, ...]
    pausing: tuple[str, ...] = ()


class SmallRecord(Struct, frozen=True, kw_only=True):
    """What is kept of a small room that somebody was in: for whoever reads its notes afterwards.

    ``number`` is how people knew it, ``at_ms`` when it began.
    """

    id: str
    number: int
    at_ms: int
    members: tuple[str, ...]
    notes: NotesFor


class Parting(Struct, frozen=True, kw_only=True):
    """``how`` is None while everybody is together; ``stay`` remain in the main room.

    ``splits`` counts all splits there have been, each round of a rotation one. ``met`` were together in a
    rotation of this session, ``paused`` had nobody in one of its rounds, once for each time.
    """

    how: ApartHow | None = None
    rooms: tuple[Small, ...] = ()
    stay: tuple[str, ...] = ()
    since_ms: int = 0
    until_ms: int | None = None
    calling: bool = False
    rotation: Rotation | None = None
    splits: int = 0
    met: tuple[tuple[str, ...], ...] = ()
    paused: tuple[str, ...] = ()

    def shown(self) -> Apart | None:
        """As everyone sees it."""
        if self.how is None:
            return None
        turn = self.rotation
        return Apart(
            how=self.how,
            rooms=tuple(SmallRoom(id=each.id, members=each.members, asks=each.asks) for each in self.rooms),
            since_ms=self.since_ms,
            until_ms=self.until_ms,
            calling=self.calling,
            rounds=None
            if turn is None
            else Rounds(index=turn.index, count=turn.index + 1 + len(turn.plan), pausing=turn.pausing),
            notes=_notes[self.how],
        )

    def next_since_ms(self, now_ms: int) -> int:
        """When the next small rooms begin: never in the same ms as these, for ``seen`` tells them apart."""
        return max(now_ms, self.since_ms + 1)

    def room_of(self, member: str) -> str:
        """The id of the small room that they are in, ``MAIN`` for none."""
        return next((room.id for room in self.rooms if member in room.members), MAIN)

    def places(self) -> dict[str, str]:
        """Everybody who is in a small room, with its id."""
        return {member: room.id for room in self.rooms for member in room.members}

    def records(self) -> tuple[SmallRecord, ...]:
        """What is to be kept of the small rooms that there are."""
        assert self.how is not None or not self.rooms
        return tuple(
            SmallRecord(
                id=room.id,
                number=number,
                at_ms=self.since_ms,
                members=room.been,
                notes=_notes[self.how or "hand"],
            )
            for number, room in enumerate(self.rooms, 1)
        )

    def moved(self, member: str, room_id: str) -> Parting:
        """The same with that member in another room, whatever they were in before."""
        rooms = []
        for room in self.rooms:
            others = tuple(each for each in room.members if each != member)
            rooms.append(room.having((*others, member) if room.id == room_id else others))
        return replace(self, rooms=tuple(rooms))

    def of(self, here: Collection[str]) -> Parting:
        """The same with nobody in a small room who is not ``here``."""
        rooms = tuple(
            room.having(tuple(each for each in room.members if each in here)) for room in self.rooms
        )
        return replace(self, rooms=rooms)

    def past(self) -> Past:
        """Who has met and paused in this session's rotations."""
        pauses: dict[str, int] = {}
        for person in self.paused:
            pauses[person] = pauses.get(person, 0) + 1
        return Past(frozenset(frozenset(pair) for group in self.met for pair in pairs(group)), pauses)

    def together(self) -> Parting:
        """Everybody is back; what a later rotation has to know is kept."""
        return Parting(splits=self.splits, met=self.met, paused=self.paused)


TOGETHER = Parting()
"""Nobody has ever been anywhere else."""
