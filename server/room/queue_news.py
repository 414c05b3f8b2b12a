"""Office hours: what follows from a change or from time alone, and who is told what of the queue. Pure."""

from __future__ import annotations

from math import ceil

from msgspec.structs import replace

from server.room.change import Change, SaveQueue, SaveTimer, Send, TellTurn
from server.room.line import at_door, visit_over, with_line
from server.room.state import RoomState, Visitor
from signaling.messages import Members, TimerChanged
from signaling.parts import Timer
from signaling.visits import QueueChanged, QueuePlace, QueueVisitor

PLACE_KEPT_MS = 120_000
"""How long a place in the line is kept for somebody whose page is gone."""

MOST_SHOWN = 30
"""Of a line, so that a mentor's message does not grow with it."""

LEAST_LEFT_MS = 60_000
"""A visit that is over its time is taken to last another minute."""

_DEFAULT_VISIT_MS = 600_000


def followed(before: RoomState, change: Change, now_ms: int) -> Change:
    """A change with what it means for the queue: a visit that is over, what is stored, and who is told what.

    Every change of a room goes through here, since a visit ends however the visitor leaves.
    """
    if not change.state.record.queued:
        return change
    visit = change.state.queue.visit
    if visit is not None and change.state.member(visit.visitor.id) is None:
        change = replace(change, state=visit_over(change.state, now_ms))
    saves: tuple[SaveQueue | SaveTimer | TellTurn, ...] = ()
    sends: tuple[Send, ...] = ()
    if change.state.timer != before.timer and not _tells(change.sends, TimerChanged):
        saves += (SaveTimer(change.state.timer),)
        sends += (Send(TimerChanged(timer=change.state.timer, by=None, now_ms=now_ms)),)
    if change.state.queue != before.queue:
        saves += (SaveQueue(change.state.queue),)
    after, places = _places(change.state, now_ms)
    if change.state.record.after:
        saves += tuple(TellTurn(member) for member in _nearly(change.state, after))
    sends += places + _to_mentors(before, after)
    return replace(change, state=after, saves=change.saves + saves, sends=change.sends + sends)


def tick(state: RoomState, now_ms: int) -> Change:
    """What time alone changes: places that were kept long enough fall free, waits become shorter."""
    line = []
    for each in state.queue.line:
        if at_door(state, each.id):
            line.append(each if each.lost_ms is None else replace(each, lost_ms=None))
        elif each.lost_ms is None:
            line.append(replace(each, lost_ms=now_ms))
        elif now_ms - each.lost_ms < PLACE_KEPT_MS:
            line.append(each)
    kept = tuple(line)
    if kept != state.queue.line:
        return Change(with_line(state, kept))
    # Minutes alone make no other room: without what people were told of them nobody would look at it.
    return followed(state, Change(state), now_ms)


def greeting(state: RoomState, member_id: str) -> tuple[Send, ...]:
    """What a mentor who comes back by ``resume`` is told of the queue."""
    if not state.record.queued or not state.facilitates(member_id):
        return ()
    return (Send(shown(state), to=member_id),)


def minutes(state: RoomState, place: int, now_ms: int) -> int | None:
    """How long somebody at ``place`` (1 is next) will wait, about; None while no mentor is here.

    A visit is taken to last what visits lasted so far, the time box counting as one of them; what is left of
    the present one is at least a minute.
    """
    if not any(member.connected and state.facilitates(member.id) for member in state.members):
        return None
    queue = state.queue
    visit_ms = (_visit_ms(state.timer) + queue.spent_ms) / (1 + queue.done)
    left = 0.0
    if queue.visit is not None:
        left = max(LEAST_LEFT_MS, visit_ms - max(0, now_ms - queue.visit.began_ms))
    return ceil((left + (place - 1) * visit_ms) / 60_000)


def shown(state: RoomState) -> QueueChanged:
    """The queue as mentors see it."""
    queue = state.queue
    visit = queue.visit
    return QueueChanged(
        line=tuple(
            _seen(each, each.since_ms, here=at_door(state, each.id) is not None)
            for each in queue.line[:MOST_SHOWN]
        ),
        count=len(queue.line),
        visit=None if visit is None else _seen(visit.visitor, visit.began_ms, here=True),
        closed=queue.closed,
        done=queue.done,
        average_s=None if queue.done == 0 else round(queue.spent_ms / queue.done / 1000),
    )


def _seen(visitor: Visitor, since_ms: int, *, here: bool) -> QueueVisitor:
    return QueueVisitor(id=visitor.id, name=visitor.name, about=visitor.about, since_ms=since_ms, here=here)


def _places(state: RoomState, now_ms: int) -> tuple[RoomState, tuple[Send, ...]]:
    """Who waits is told their place, if it is another one than they know of."""
    queue = state.queue
    at = {visitor.id: index for index, visitor in enumerate(queue.line)}
    waiting, sends = [], []
    for waiter in state.waiting:
        index = at[waiter.id]
        place = QueuePlace(
            place=index + 1,
            minutes=minutes(state, index + 1, now_ms),
            behind=index + 1 < len(queue.line),
            closed=queue.closed,
            about=queue.line[index].about,
        )
        if place != waiter.told:
            sends.append(Send(place, to=waiter.id))
        waiting.append(waiter if place == waiter.told else replace(waiter, told=place))
    return (replace(state, waiting=tuple(waiting)) if sends else state), tuple(sends)


def _nearly(before: RoomState, after: RoomState) -> list[str]:
    """Who has become the next one."""
    earlier = {waiter.id: waiter.told for waiter in before.waiting}
    return [
        waiter.id
        for waiter in after.waiting
        if waiter.told is not None
        and waiter.told.place == 1
        and (was := earlier.get(waiter.id)) is not None
        and was.place > 1
    ]


def _to_mentors(before: RoomState, after: RoomState) -> tuple[Send, ...]:
    now = shown(after)
    changed = now != shown(before)
    were = {member.id for member in before.members if member.connected and before.facilitates(member.id)}
    return tuple(
        Send(now, to=member.id)
        for member in after.members
        if member.connected and after.facilitates(member.id) and (changed or member.id not in were)
    )


def _tells(sends: tuple[Send, ...], kind: type) -> bool:
    return any(isinstance(send.message, kind) for send in sends)


def _visit_ms(timer: Timer) -> int:
    """How long each visitor has: the turns of the current box, or of the first that is a queue."""
    boxes = (timer.boxes[timer.index], *timer.boxes)
    return next((box.turn_s * 1000 for box in boxes if box.queue and box.turn_s), _DEFAULT_VISIT_MS)


def discreet(state: RoomState, message: Members, reader: str) -> Members | None:
    """What a reader may know of who is here, None for nothing: a visitor is not told of other visitors."""
    present = tuple(each for each in message.present if state.known_to(reader, each.id))
    left = tuple(each for each in message.left if state.known_to(reader, each))
    quality = tuple(each for each in message.quality if state.known_to(reader, each.member))
    return Members(present=present, left=left, quality=quality) if present or left or quality else None
