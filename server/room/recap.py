"""What is left of a session when it is over: who was there, how the time went, what was agreed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from msgspec import Struct

from server.mentoring.actions import read_actions
from server.mentoring.attendance import Stay, attendance, empty_since_ms
from server.mentoring.decisions import read_decisions
from server.mentoring.meetings import Attendance
from server.mentoring.people import PersonId
from server.mentoring.ticks import boxes_to_change
from server.room.record import RoomRecord
from signaling.parts import Box, Timer, Words


class Attended(Struct, frozen=True, kw_only=True):
    """One person of a session; who did not come has no instants and 0 ``minutes``."""

    name: str
    minutes: int = 0
    joined_ms: int | None = None
    left_ms: int | None = None


class BoxTime(Struct, frozen=True, kw_only=True):
    """One box of the agenda: the minutes it was planned for, and those it took.

    ``title`` is its own name where it has one, else ``key`` names it in the catalogues. ``round`` counts from
    1 where the agenda is gone through several times, 0 elsewhere.
    """

    key: str
    planned: int
    actual: int
    round: int = 0
    title: Words | None = None


class Agreed(Struct, frozen=True, kw_only=True):
    """One action. ``owner`` is a name, "" for nobody yet; ``due`` an ISO date, "" for no day yet."""

    text: str
    owner: str = ""
    due: str = ""
    done: bool = False


class Extra(Struct, frozen=True, kw_only=True):
    """One more part, in words already: a poll, a small room's notes. ``text`` is Markdown."""

    title: str
    text: str


class Recap(Struct, frozen=True, kw_only=True):
    """A session as its wrap-up tells it. ``starts_ms`` is when the first one came, or when it was to begin.

    ``ends_ms`` is when the last one left, None while somebody is there or nobody was. ``notes`` is Markdown.
    """

    title: str
    format: str
    format_name: Words | None = None
    starts_ms: int
    ends_ms: int | None
    people: tuple[Attended, ...]
    boxes: tuple[BoxTime, ...]
    decisions: tuple[str, ...]
    actions: tuple[Agreed, ...]
    notes: str
    extras: tuple[Extra, ...] = ()


def of_room(
    record: RoomRecord, timer: Timer, stays: Sequence[Stay], notes: str, now_ms: int, today: date
) -> Recap:
    """The recap of a room without an appointment. ``today`` is the day that the notes were written on."""
    names = {guest.id: guest.name for guest in record.guests}
    there = attendance(stays, now_ms)
    ended = empty_since_ms(stays)
    return Recap(
        title=record.title,
        format=record.format,
        format_name=record.format_name,
        starts_ms=there[0].joined_ms if there else record.created_ms,
        ends_ms=ended,
        people=attended(names, there),
        boxes=box_times(timer, now_ms if ended is None else min(now_ms, ended)),
        decisions=tuple(read_decisions(notes)),
        actions=agreed(notes, names, today),
        notes=notes,
    )


def boxes(record: RoomRecord, notes: str, action: str, *, done: bool) -> list[tuple[int, str]]:
    """What ticks an action in the room's notes, or opens it again: places of letters, with the new ones."""
    return boxes_to_change(notes, action, {guest.id: guest.name for guest in record.guests}, done=done)


def attended(names: Mapping[PersonId, str], there: Iterable[Attendance]) -> tuple[Attended, ...]:
    """Everybody invited: who came in the order of coming, then who didn't."""
    came = [each for each in there if each.person in names]
    known = {each.person for each in came}
    return (
        *(
            Attended(
                name=names[each.person],
                minutes=each.minutes,
                joined_ms=each.joined_ms,
                left_ms=each.left_ms,
            )
            for each in came
        ),
        *(Attended(name=name) for person, name in names.items() if person not in known),
    )


def box_times(timer: Timer, until_ms: int) -> tuple[BoxTime, ...]:
    """Minutes by box, planned and actual; a timer that nobody stopped ran until ``until_ms``.

    A timer that was never started has no course to tell of.
    """
    if timer.status == "ready":
        return ()
    rounds = max(box.round for box in timer.boxes)
    return tuple(
        BoxTime(
            key=box.key,
            title=box.title,
            round=box.round + 1 if rounds else 0,
            planned=_minutes(box.planned_s * 1000),
            actual=_minutes(_spent_ms(timer, number, box, until_ms)),
        )
        for number, box in enumerate(timer.boxes)
    )


def agreed(notes: str, names: Mapping[PersonId, str], today: date) -> tuple[Agreed, ...]:
    """The actions in the notes, with their owners' names."""
    return tuple(
        Agreed(
            text=line.text,
            owner=names[line.owner] if line.owner is not None else "",
            due=line.due or "",
            done=line.done,
        )
        for line in read_actions(notes, names, today)
    )


def _spent_ms(timer: Timer, number: int, box: Box, until_ms: int) -> int:
    if timer.since_ms is None or number != timer.index:
        return box.spent_ms
    return box.spent_ms + max(0, until_ms - timer.since_ms)


def _minutes(ms: int) -> int:
    """Whole minutes, half a one counts as one; what took any time at all took one."""
    return max((ms + 30_000) // 60_000, 1 if ms >= 1000 else 0)
