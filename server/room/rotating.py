"""A speed rotation in a live room: one round after the other, and what becomes of whoever is left alone."""

from __future__ import annotations

from collections.abc import Sequence

from msgspec.structs import replace

from server.room.parting import MAIN, Parting, Rotation, Small
from server.room.rotation import MOST_ROUNDS, Company, plan
from server.room.state import RoomState
from signaling.messages import Rotate


def begun(state: RoomState, message: Rotate, now_ms: int) -> Parting | None:
    """In the first round of a rotation; None where there is nobody to meet."""
    rotation = Rotation(
        between=message.between,
        minutes=message.minutes,
        odd=message.odd,
        rounds=min(message.rounds or MOST_ROUNDS, MOST_ROUNDS),
        index=-1,
        plan=(),
    )
    apart = replace(state.parting.together(), how="rotation", stay=message.stay, rotation=rotation)
    after = _next(state, apart, rotation, now_ms)
    return None if after.how is None else after


def following(state: RoomState, now_ms: int) -> Parting:
    """In the next round of the rotation that there is, together again after the last."""
    rotation = state.parting.rotation
    assert rotation is not None
    return _next(state, state.parting, rotation, now_ms)


def _next(state: RoomState, apart: Parting, rotation: Rotation, now_ms: int) -> Parting:
    """The plan is made anew for whoever is there now: it stays what it was while nobody comes or goes."""
    company = _company(state, apart, rotation)
    left = rotation.rounds - rotation.index - 1
    planned = plan(company, apart.past(), rounds=left, seed=state.record.id, before=rotation.plan)
    if not planned:
        return apart.together()
    now, *later = planned
    number = apart.splits + 1
    return replace(
        apart,
        rooms=tuple(Small(id=f"{number}.{at}").having(group) for at, group in enumerate(now.groups, 1)),
        since_ms=state.parting.next_since_ms(now_ms),
        until_ms=now_ms + rotation.minutes * 60_000,
        calling=False,
        rotation=replace(rotation, index=rotation.index + 1, plan=tuple(later), pausing=now.pausing),
        splits=number,
        met=(*apart.met, *now.groups),
        paused=(*apart.paused, *now.pausing),
    )


def mended(state: RoomState, apart: Parting) -> Parting:
    """After somebody has left, or come: nobody is alone in this round.

    Whoever is, meets another who waits and whom they have not met; or pauses in the main room, where somebody
    is; or joins the smallest group, of people whom they have not met where there is one. Where
    that leaves no small room, everybody is back.
    """
    rotation = apart.rotation
    if rotation is None:
        return apart
    playing = _playing(state, apart)
    for person in playing:
        room = apart.room_of(person)
        if room != MAIN and _inside(state, apart, room) == [person]:
            apart = _not_alone(state, apart, rotation, person)
    for person in playing:
        if apart.room_of(person) == MAIN and _inside(state, apart, MAIN) == [person]:
            apart = _joined(apart, person)
    if not any(room.members for room in apart.rooms):
        return apart.together()
    pausing = tuple(person for person in playing if apart.room_of(person) == MAIN)
    new = tuple(person for person in pausing if person not in rotation.pausing)
    return replace(apart, rotation=replace(rotation, pausing=pausing), paused=(*apart.paused, *new))


def _not_alone(state: RoomState, apart: Parting, rotation: Rotation, person: str) -> Parting:
    past = apart.past()
    leads = state.leads_by_right
    for other in _playing(state, apart):
        waits = _inside(state, apart, apart.room_of(other)) == [other] or apart.room_of(other) == MAIN
        same_side = rotation.between == "roles" and leads(person) == leads(other)
        if other != person and waits and not same_side and frozenset((person, other)) not in past.met:
            moved = apart.moved(other, apart.room_of(person))
            return replace(moved, met=(*apart.met, (person, other)))
    if _inside(state, apart, MAIN):
        return apart.moved(person, MAIN)
    return _joined(apart, person)


def _joined(apart: Parting, person: str) -> Parting:
    """In the smallest group, and in one where they know nobody yet before any other."""
    met = apart.past().met
    groups = [room for room in apart.rooms if room.members and person not in room.members]
    if not groups:
        return apart
    chosen = min(
        groups,
        key=lambda room: (any(frozenset((person, each)) in met for each in room.members), len(room.members)),
    )
    moved = apart.moved(person, chosen.id)
    return replace(moved, met=(*apart.met, (*chosen.members, person)))


def _inside(state: RoomState, apart: Parting, room: str) -> list[str]:
    return [member.id for member in state.members if apart.room_of(member.id) == room]


def _playing(state: RoomState, apart: Parting) -> list[str]:
    """Whom a rotation is for now: everybody who is here, but those who stay and those who only observe."""
    return [
        member.id for member in state.members if member.id not in apart.stay and not state.observes(member.id)
    ]


def _company(state: RoomState, apart: Parting, rotation: Rotation) -> Company:
    """The same, as the planner takes it."""
    playing = _playing(state, apart)
    stays = any(member.id in apart.stay for member in state.members)
    mentors = [person for person in playing if state.leads_by_right(person)]
    mentees = [person for person in playing if not state.leads_by_right(person)]
    by_role = rotation.between == "roles"
    left_over = abs(len(mentors) - len(mentees)) if by_role else len(playing) % 2
    join = rotation.odd == "join" or (left_over == 1 and not stays)
    if not by_role:
        return Company(tuple(playing), join=join)
    return _sides(mentors, mentees, join=join)


def _sides(mentors: Sequence[str], mentees: Sequence[str], *, join: bool) -> Company:
    """Nobody meets anybody while one of the sides is empty."""
    if not mentors or not mentees:
        return Company(())
    return Company(tuple(mentors), tuple(mentees), join=join)
