"""What a rule answers: the room as it becomes, what must be stored for that, and who is then told what."""

from __future__ import annotations

from msgspec import Struct

from server.room.parting import Parting, SmallRecord
from server.room.poll_record import PollRecord, Vote
from server.room.record import GuestRecord
from server.room.state import Present, Queue, RoomState
from signaling.messages import ServerMessage
from signaling.parts import ByeReason, Floor, Keeping, Timer


class SaveMember(Struct, frozen=True):
    """Store this member as present."""

    member: Present


class DropMember(Struct, frozen=True):
    """Store that this member, who entered at ``entered_ms``, is no longer present."""

    id: str
    entered_ms: int


class SaveTimer(Struct, frozen=True):
    """Store the timer."""

    timer: Timer


class SaveFloor(Struct, frozen=True):
    """Store who wants to speak and who may come in; not who waits."""

    floor: Floor


class SaveGuest(Struct, frozen=True):
    """Store a guest: their role has changed, or their link has fallen."""

    guest: GuestRecord


class SavePoll(Struct, frozen=True):
    """Store a poll, not its votes."""

    poll: PollRecord


class SaveVote(Struct, frozen=True):
    """Store an answer to a poll, or that there is none any more."""

    poll: str
    vote: Vote


class DropVotes(Struct, frozen=True):
    """Forget what these guests have answered to a poll."""

    poll: str
    members: tuple[str, ...]


class DropPoll(Struct, frozen=True):
    """Forget a poll with the answers of these guests."""

    poll: str
    members: tuple[str, ...]


class SaveKeeping(Struct, frozen=True):
    """Store whether captions are kept, and who has agreed."""

    keeping: Keeping


class SaveQueue(Struct, frozen=True):
    """Store the queue of office hours: who waits in which order, and who visits."""

    queue: Queue


class SaveParting(Struct, frozen=True):
    """Store how the room is parted into small rooms."""

    parting: Parting


class SaveSmall(Struct, frozen=True):
    """Store who was in a small room."""

    record: SmallRecord


class TellTurn(Struct, frozen=True):
    """Let somebody who has an account be told that they are next, though they look elsewhere."""

    member: str


Save = (
    SaveMember
    | DropMember
    | SaveTimer
    | SaveFloor
    | SaveGuest
    | SaveQueue
    | TellTurn
    | SavePoll
    | SaveVote
    | DropVotes
    | DropPoll
    | SaveKeeping
    | SaveParting
    | SaveSmall
)


class Send(Struct, frozen=True):
    """A message for the member ``to``, or for everyone when that is None."""

    message: ServerMessage
    to: str | None = None


class Change(Struct, frozen=True):
    """Carried out in this order: ``saves`` all together, then ``state``, then ``sends`` one by one.

    ``out`` are shown out then, for good. ``about`` are members of whom there is something new: everyone is
    shown them as they are by then, or that they are gone, with whatever else is new at the time.
    The same with ``polls``.
    """

    state: RoomState
    saves: tuple[Save, ...] = ()
    sends: tuple[Send, ...] = ()
    about: tuple[str, ...] = ()
    out: tuple[tuple[str, ByeReason], ...] = ()
    polls: tuple[str, ...] = ()
