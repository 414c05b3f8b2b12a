"""The room's handler table: each message that changes the room has one rule, found here by its type."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from server.room import agenda, apart, captions, door, floor, members, polls, queue
from server.room.change import Change, SaveTimer, Send
from server.room.parting import TOGETHER, Parting
from server.room.poll_record import PollRecord
from server.room.record import RoomRecord
from server.room.state import NOBODY_WAITS, NOTHING_SAID, Present, Queue, RoomState
from server.room.timer import drive
from signaling.captions import KeepCaptions
from signaling.errors import ProtocolError
from signaling.messages import (
    AgendaEdit,
    ApartCommand,
    AskHelp,
    ClientMessage,
    Enter,
    Hand,
    Leave,
    Media,
    Moderate,
    Rotate,
    Split,
    TimerChanged,
    TimerCommand,
)
from signaling.parts import NOT_KEPT, Box, Floor, Keeping, Timer
from signaling.polls import PollDo, PollDraft, PollVote
from signaling.visits import QueueAbout, QueueCommand, QueuePass


class Actor(Struct, frozen=True):
    """Whom a message comes from: the member that the link names, and the session of their connection."""

    id: str
    session: str


def handle(state: RoomState, actor: Actor, message: ClientMessage, now_ms: int) -> Change:
    """What the message changes. Raises ``ProtocolError`` when it is refused; nothing has changed then."""
    rule = rules.get(type(message))
    if rule is None:
        raise ProtocolError("bad-message", "type")
    return rule(state, actor, message, now_ms)


def loaded(
    record: RoomRecord,
    timer: Timer,
    stored: tuple[Present, ...],
    found: Floor = NOTHING_SAID,
    asked: tuple[PollRecord, ...] = (),
    keeping: Keeping = NOT_KEPT,
    waits: Queue = NOBODY_WAITS,
    parting: Parting = TOGETHER,
) -> RoomState:
    """The room as found in the store: nobody is connected, those whose link has fallen are not in it."""
    back = [
        replace(member, connected=False)
        for member in sorted(stored, key=lambda each: (each.entered_ms, each.id))
        if (guest := record.guest(member.id)) is not None and not guest.revoked
    ]
    here = {member.id for member in back}
    hands = tuple(hand for hand in found.hands if hand in here)
    return RoomState(
        record=record,
        timer=agenda.numbered(timer),
        members=tuple(back),
        floor=replace(found, hands=hands, stand_in=found.stand_in if found.stand_in in here else None),
        # Nobody could be there while the server was away: their time to come back begins now.
        queue=replace(waits, line=tuple(replace(each, lost_ms=None) for each in waits.line)),
        polls=tuple(poll for poll in asked if not poll.deleted),
        keeping=keeping,
        deleted_poll=next((poll for poll in asked if poll.deleted), None),
        parting=parting.of(here),
    )


def _enter(state: RoomState, actor: Actor, message: Enter, now_ms: int) -> Change:
    return door.knock(state, actor.id, actor.session, message, now_ms)


def _media(state: RoomState, actor: Actor, message: Media, now_ms: int) -> Change:
    return members.media(state, actor.id, message)


def _leave(state: RoomState, actor: Actor, message: Leave, now_ms: int) -> Change:
    return door.left(state, actor.id)


def _drive(state: RoomState, actor: Actor, message: TimerCommand, now_ms: int) -> Change:
    members.leading(state, actor.id)
    present = [each.id for each in state.members if each.connected and not state.observes(each.id)]
    timer = drive(state.timer, message, now_ms, present)
    return _timed(state, timer, actor.id, now_ms)


def _agenda(state: RoomState, actor: Actor, message: AgendaEdit, now_ms: int) -> Change:
    members.leading(state, actor.id)
    timer = agenda.edited(state.timer, message)
    return _timed(state, timer, actor.id, now_ms)


def replan(state: RoomState, boxes: tuple[Box, ...], now_ms: int) -> Change:
    """Takes over the agenda that was written on the session's page, unless the timer has started."""
    timer = agenda.replanned(state.timer, boxes)
    if timer is state.timer:
        return Change(state)
    return _timed(state, timer, None, now_ms)


def _timed(state: RoomState, timer: Timer, by: str | None, now_ms: int) -> Change:
    """The room with another timer, which everyone is told of."""
    told = Send(TimerChanged(timer=timer, by=by, now_ms=now_ms))
    return Change(replace(state, timer=timer), (SaveTimer(timer),), (told,))


def _hand(state: RoomState, actor: Actor, message: Hand, now_ms: int) -> Change:
    return floor.hand(state, actor.id, message)


def _moderate(state: RoomState, actor: Actor, message: Moderate, now_ms: int) -> Change:
    return floor.moderate(state, actor.id, message, now_ms)


def _poll_draft(state: RoomState, actor: Actor, message: PollDraft, now_ms: int) -> Change:
    return polls.draft(state, actor.id, message, now_ms)


def _poll_do(state: RoomState, actor: Actor, message: PollDo, now_ms: int) -> Change:
    return polls.do(state, actor.id, message)


def _poll_vote(state: RoomState, actor: Actor, message: PollVote, now_ms: int) -> Change:
    return polls.vote(state, actor.id, message)


def _keep_captions(state: RoomState, actor: Actor, message: KeepCaptions, now_ms: int) -> Change:
    return captions.keep(state, actor.id, message)


def _queue_about(state: RoomState, actor: Actor, message: QueueAbout, now_ms: int) -> Change:
    return queue.about(state, actor.id, message)


def _queue_pass(state: RoomState, actor: Actor, message: QueuePass, now_ms: int) -> Change:
    return queue.let_pass(state, actor.id)


def _queue_command(state: RoomState, actor: Actor, message: QueueCommand, now_ms: int) -> Change:
    return queue.command(state, actor.id, message, now_ms)


def _split(state: RoomState, actor: Actor, message: Split, now_ms: int) -> Change:
    return apart.split(state, actor.id, message, now_ms)


def _rotate(state: RoomState, actor: Actor, message: Rotate, now_ms: int) -> Change:
    return apart.rotate(state, actor.id, message, now_ms)


def _command(state: RoomState, actor: Actor, message: ApartCommand, now_ms: int) -> Change:
    return apart.command(state, actor.id, message, now_ms)


def _ask_help(state: RoomState, actor: Actor, message: AskHelp, now_ms: int) -> Change:
    return apart.ask(state, actor.id, message)


rules: Mapping[type, Callable[[RoomState, Actor, Any, int], Change]] = MappingProxyType(
    {
        Enter: _enter,
        Media: _media,
        Leave: _leave,
        TimerCommand: _drive,
        AgendaEdit: _agenda,
        Hand: _hand,
        Moderate: _moderate,
        PollDraft: _poll_draft,
        PollDo: _poll_do,
        PollVote: _poll_vote,
        KeepCaptions: _keep_captions,
        QueueAbout: _queue_about,
        QueuePass: _queue_pass,
        QueueCommand: _queue_command,
        Split: _split,
        Rotate: _rotate,
        ApartCommand: _command,
        AskHelp: _ask_help,
    }
)
"""The other messages do not change the room and are answered by ``server/live_room.py``."""
