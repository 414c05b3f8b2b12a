"""Whatever people do: everybody is in one place, and what is stored says where."""

from __future__ import annotations

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from server.room.rules import loaded
from signaling.errors import ProtocolError
from signaling.messages import ApartCommand, AskHelp, ClientMessage, Rotate, Split
from signaling.parts import ApartAction, Between, OddOne, SplitHow
from tests.server.room.gathering import crowd

NAMES = ("m0", "m1", "m2", "e0", "e1", "e2", "e3", "e4", "late", "later", "seer")
people = st.sampled_from(NAMES)
mostly_who_leads = st.sampled_from(("m0", "m0", "m0", "m1", "e0"))


class Session(RuleBasedStateMachine):
    """A session of up to eleven people in which anybody asks for anything."""

    @initialize(mentors=st.integers(1, 3), mentees=st.integers(0, 5))
    def begin(self, mentors: int, mentees: int) -> None:
        self.room = crowd(mentors, mentees)
        self.ids: set[str] = set()
        self.splits = 0

    def tries(self, person: str, message: ClientMessage) -> None:
        """What is refused changes nothing."""
        before = self.room.state
        try:
            self.room.says(person, message)
        except ProtocolError:
            assert self.room.state is before

    @rule(
        by=mostly_who_leads,
        how=st.sampled_from(["hand", "random", "pairs"]),
        rooms=st.lists(st.lists(people, max_size=4).map(tuple), max_size=4).map(tuple),
        size=st.integers(2, 4),
        minutes=st.none() | st.integers(1, 5),
        stay=st.lists(people, max_size=2).map(tuple),
    )
    def split(
        self,
        by: str,
        how: SplitHow,
        rooms: tuple[tuple[str, ...], ...],
        size: int,
        minutes: int | None,
        stay: tuple[str, ...],
    ) -> None:
        self.tries(by, Split(how=how, rooms=rooms, size=size, minutes=minutes, stay=stay))

    @rule(
        by=mostly_who_leads,
        between=st.sampled_from(["all", "roles"]),
        odd=st.sampled_from(["pause", "join"]),
        rounds=st.none() | st.integers(1, 4),
        stay=st.lists(people, max_size=2).map(tuple),
    )
    def rotate(
        self, by: str, between: Between, odd: OddOne, rounds: int | None, stay: tuple[str, ...]
    ) -> None:
        self.tries(by, Rotate(between=between, minutes=2, rounds=rounds, odd=odd, stay=stay))

    @precondition(lambda self: not self.room.together)
    @rule(
        by=mostly_who_leads,
        action=st.sampled_from(["add", "next", "back", "move"]),
        member=st.none() | people,
        seconds=st.integers(0, 60),
        at=st.integers(0, 5),
    )
    def drive(self, by: str, action: ApartAction, member: str | None, seconds: int, at: int) -> None:
        rooms = self.room.state.parting.rooms
        room = rooms[at].id if at < len(rooms) else None
        self.tries(by, ApartCommand(action=action, member=member, seconds=seconds, room=room))

    @precondition(lambda self: not self.room.together)
    @rule(by=mostly_who_leads)
    def next_round(self, by: str) -> None:
        self.tries(by, ApartCommand(action="next"))

    @precondition(lambda self: not self.room.together)
    @rule(by=people, wanted=st.booleans())
    def ask(self, by: str, wanted: bool) -> None:
        self.tries(by, AskHelp(wanted=wanted))

    @rule(who=people)
    def come_or_leave(self, who: str) -> None:
        if self.room.state.member(who) is not None:
            self.room.leave(who)
        elif self.room.state.record.guest(who) is not None:
            self.room.come(who)

    @rule(seconds=st.integers(1, 200))
    def wait(self, seconds: int) -> None:
        self.room.passes(seconds * 1_000)

    @invariant()
    def everybody_is_in_one_place(self) -> None:
        state = self.room.state
        here = {member.id for member in state.members}
        placed = [member for room in state.parting.rooms for member in room.members]
        assert len(placed) == len(set(placed))
        assert here.issuperset(placed)
        for room in state.parting.rooms:
            assert set(room.asks) <= set(room.members) <= set(room.been)
        if self.room.together:
            assert not state.parting.rooms

    @invariant()
    def no_time_passes_unnoticed(self) -> None:
        until_ms = self.room.state.parting.until_ms
        assert until_ms is None or until_ms > self.room.now_ms

    @invariant()
    def a_small_room_is_never_another(self) -> None:
        parting = self.room.state.parting
        if parting.splits != self.splits:
            new = {room.id for room in parting.rooms}
            assert not new & self.ids
            self.ids |= new
            self.splits = parting.splits

    @invariant()
    def what_is_stored_leads_back(self) -> None:
        state = self.room.state
        assert (
            loaded(state.record, state.timer, state.members, parting=self.room.parting).parting
            == state.parting
        )


TestSession = Session.TestCase
TestSession.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
