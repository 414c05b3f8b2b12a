"""A room of as many people as a test likes, driven by the rules alone."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from server.room import apart, members
from server.room.change import Change, SaveParting, SaveSmall
from server.room.consequences import consequences
from server.room.formats import formats
from server.room.parting import Parting, SmallRecord
from server.room.record import Invited, plan
from server.room.rules import Actor, handle
from server.room.state import RoomState
from signaling.errors import ProtocolError
from signaling.messages import ClientMessage, Enter
from signaling.parts import Apart, Role

MINUTE = 60_000


class Gathering:
    """``state`` is the room now; ``parting`` and ``records`` are what the store would have of it."""

    def __init__(self, *roles: tuple[str, Role], pairs: tuple[tuple[str, ...], ...] = ()) -> None:
        record, timer = plan(
            room_id="r",
            title="",
            agenda=formats()["open"],
            minutes=60,
            invited=[Invited(person, person.title(), role) for person, role in roles],
            now_ms=0,
            expires_ms=10**15,
        )
        self.state = RoomState(record=replace(record, pairs=pairs), timer=timer)
        self.now_ms = 1_000
        self.parting = Parting()
        self.records: dict[str, SmallRecord] = {}

    def come(self, *people: str) -> None:
        for person in people:
            self.says(person, Enter(name=person, microphone=True, camera=True))

    def leave(self, *people: str) -> None:
        for person in people:
            self._take(members.leave(self.state, person))

    def says(self, person: str, message: ClientMessage) -> Change:
        change = handle(self.state, Actor(person, f"tab of {person}"), message, self.now_ms)
        self._take(change)
        return change

    def refuses(self, person: str, message: ClientMessage) -> str:
        with pytest.raises(ProtocolError) as refused:
            handle(self.state, Actor(person, f"tab of {person}"), message, self.now_ms)
        return refused.value.code

    def passes(self, milliseconds: int) -> None:
        """Time goes by, and what it brings."""
        self.now_ms += milliseconds
        self._take(apart.due(self.state, self.now_ms))

    def _take(self, change: Change) -> None:
        change = consequences(self.state, change, self.now_ms)
        self.state = change.state
        for save in change.saves:
            if isinstance(save, SaveParting):
                self.parting = save.parting
            elif isinstance(save, SaveSmall):
                self.records[save.record.id] = save.record
        assert self.parting == self.state.parting
        for record in self.state.parting.records():
            assert self.records[record.id] == record

    @property
    def apart(self) -> Apart:
        shown = self.state.parting.shown()
        assert shown is not None
        return shown

    @property
    def together(self) -> bool:
        return self.state.parting.shown() is None

    @property
    def groups(self) -> list[list[str]]:
        """Who is in each small room."""
        return [sorted(room.members) for room in self.apart.rooms]

    def room_of(self, person: str) -> str:
        return self.state.parting.room_of(person)

    @property
    def main(self) -> set[str]:
        """Who is in the main room."""
        return {each.id for each in self.state.members if not self.room_of(each.id)}


def crowd(mentors: int, mentees: int, **known: tuple[tuple[str, ...], ...]) -> Gathering:
    """Mentors m0, m1, …, and mentees e0, e1, …, all of them there."""
    names = [f"m{index}" for index in range(mentors)] + [f"e{index}" for index in range(mentees)]
    roles: list[tuple[str, Role]] = [(name, "mentor" if name.startswith("m") else "mentee") for name in names]
    gathering = Gathering(*roles, ("late", "mentee"), ("later", "mentee"), ("seer", "observer"), **known)
    gathering.come(*names)
    return gathering
