"""The state of a room that is live: who is in it and the timer. Immutable; every change makes a new one."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

from msgspec import Struct
from msgspec.structs import replace

from server.room.parting import TOGETHER, Parting
from server.room.poll_record import PollRecord
from server.room.record import RoomRecord
from signaling.messages import Enter
from signaling.parts import NOT_KEPT, Apart, Floor, Keeping, Member, Role, Room, Timer
from signaling.visits import QueuePlace

PLACE_KEPT_S = 30.0
"""How long the place of a member whose connection is lost is kept."""


NOTHING_SAID = Floor(hands=(), locked=False, lobby=False, waiting=())
"""No hand is up, and everybody with a link comes in."""


class Present(Struct, frozen=True, kw_only=True):
    """Somebody who has entered, as stored. ``session`` is what the same tab resumes with; it never travels.

    ``entered_ms`` orders the members; ``connected`` is false while their place is kept for them.
    """

    id: str
    name: str
    microphone: bool
    camera: bool
    screen: bool
    connected: bool
    session: str
    entered_ms: int


class Waiter(Struct, frozen=True, kw_only=True):
    """Somebody at the door: how they want to come in, from which tab. Not stored: their page asks again.

    ``told`` is what they last heard of their place in a queue.
    """

    id: str
    session: str
    enter: Enter
    told: QueuePlace | None = None


class Visitor(Struct, frozen=True, kw_only=True):
    """Somebody in the line of office hours since ``since_ms``, as stored. ``about`` is what they come for.

    ``lost_ms`` is since when their page is gone, None while it is there.
    """

    id: str
    name: str
    about: str
    since_ms: int
    lost_ms: int | None = None


class Visit(Struct, frozen=True, kw_only=True):
    """The visit that goes on, since ``began_ms``."""

    visitor: Visitor
    began_ms: int


class Queue(Struct, frozen=True, kw_only=True):
    """The queue of office hours, as stored: ``line`` in order, and who visits.

    ``closed``: nobody new is taken. ``done`` visits are over and took ``spent_ms`` together.
    """

    line: tuple[Visitor, ...] = ()
    visit: Visit | None = None
    closed: bool = False
    done: int = 0
    spent_ms: int = 0


NOBODY_WAITS = Queue()


class RoomState(Struct, frozen=True, kw_only=True, dict=True):
    """A live room. ``members`` is in the order of entering, ``waiting`` in that of coming to the door.

    ``floor`` is as stored, without those who wait. ``polls`` are in the order in which they were written;
    ``deleted_poll`` was the last to be deleted.
    """

    record: RoomRecord
    timer: Timer
    members: tuple[Present, ...] = ()
    floor: Floor = NOTHING_SAID
    waiting: tuple[Waiter, ...] = ()
    polls: tuple[PollRecord, ...] = ()
    deleted_poll: PollRecord | None = None
    keeping: Keeping = NOT_KEPT
    queue: Queue = NOBODY_WAITS
    parting: Parting = TOGETHER

    def member(self, member_id: str) -> Present | None:
        """Who is in under this id, None when nobody is."""
        return self._by_id.get(member_id)

    @cached_property
    def _by_id(self) -> Mapping[str, Present]:
        # Whoever tells a hundred people something asks of each whether they are in.
        return {member.id: member for member in self.members}

    def with_member(self, changed: Present) -> RoomState:
        """The same room with that member exchanged, or come in last."""
        if self.member(changed.id) is None:
            return replace(self, members=(*self.members, changed))
        members = tuple(changed if member.id == changed.id else member for member in self.members)
        return replace(self, members=members)

    def without_member(self, member_id: str) -> RoomState:
        """The same room without that member."""
        members = tuple(member for member in self.members if member.id != member_id)
        hands = tuple(hand for hand in self.floor.hands if hand != member_id)
        return replace(self, members=members, floor=replace(self.floor, hands=hands))

    def poll(self, poll_id: str) -> PollRecord | None:
        """The poll with this id, None when there is none."""
        return next((poll for poll in self.polls if poll.id == poll_id), None)

    def with_poll(self, changed: PollRecord) -> RoomState:
        """The same room with that poll exchanged, or added in its place by when it was written."""
        others = [poll for poll in self.polls if poll.id != changed.id]
        polls = sorted((*others, changed), key=lambda poll: (poll.at_ms, poll.id))
        return replace(self, polls=tuple(polls))

    def without_poll(self, poll: PollRecord) -> RoomState:
        """The same room where that poll is the deleted one."""
        polls = tuple(each for each in self.polls if each.id != poll.id)
        return replace(self, polls=polls, deleted_poll=poll)

    def known_to(self, reader: str, other: str) -> bool:
        """Whether a reader may know of somebody: visitors of office hours know of mentors alone."""
        return (
            not self.record.queued or reader == other or self.facilitates(reader) or self.facilitates(other)
        )

    def shown(self, reader: str) -> Room:
        """The room as a person is shown it."""
        return Room(
            id=self.record.id,
            title=self.record.title,
            format=self.record.format,
            guests=tuple(guest.shown() for guest in self.record.guests if self.known_to(reader, guest.id)),
            members=tuple(
                self.shown_member(member) for member in self.members if self.known_to(reader, member.id)
            ),
            timer=self.timer,
            expires_ms=self.record.expires_ms,
            floor=self.shown_floor(),
            keeping=self.keeping,
            apart=self.shown_apart(reader),
        )

    def shown_apart(self, reader: str) -> Apart | None:
        """The small rooms as a person is shown them; of a visit in office hours only who is in it knows."""
        if self.record.queued and not (self.facilitates(reader) or self.parting.room_of(reader)):
            return None
        return self.parting.shown()

    def shown_member(self, member: Present) -> Member:
        """A member as everyone sees them; the role is the guest's, whatever anybody says."""
        return Member(
            id=member.id,
            name=member.name,
            role=self._role(member.id),
            microphone=member.microphone,
            camera=member.camera,
            screen=member.screen,
            connected=member.connected,
        )

    def shown_floor(self) -> Floor:
        """Who wants to speak and who waits, as everyone sees them; who is in a queue is for mentors alone."""
        there = () if self.record.queued else self.waiting
        waiting = (self.record.guest(waiter.id) for waiter in there)
        return replace(self.floor, waiting=tuple(guest.shown() for guest in waiting if guest is not None))

    def facilitates(self, member_id: str) -> bool:
        """Whether this person leads the session now: of their own right, or as long as nobody else does."""
        return self.leads_by_right(member_id) or self.floor.stand_in == member_id

    def leads_by_right(self, member_id: str) -> bool:
        """Whether their link leads, or somebody who does has made it so."""
        return self._role(member_id) == "mentor"

    def observes(self, member_id: str) -> bool:
        """Whether this person only sees and hears."""
        return self._role(member_id) == "observer"

    def _role(self, member_id: str) -> Role:
        guest = self.record.guest(member_id)
        return "mentee" if guest is None else guest.role
