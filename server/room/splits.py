"""Who goes into which small room: as a facilitator has it, at random, or each mentor with theirs. Pure."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from server.room.rotation import shuffled
from server.room.state import Present, RoomState
from signaling.errors import ProtocolError
from signaling.messages import Split

MOST_ROOMS = 50
"""Small rooms at a time: a hundred people by two."""

Groups = Sequence[Sequence[str]]
"""For each small room who belongs there, whether or not they have come."""


def groups(state: RoomState, message: Split, now_ms: int) -> Groups:
    """Who goes where. Raises ``ProtocolError``, ``too-few`` where nobody would be in a small room."""
    going = [
        member for member in state.members if member.id not in message.stay and not state.observes(member.id)
    ]
    match message.how:
        case "hand":
            found = _by_hand(state, message)
        case "random" if message.rooms:
            named = {person for room in message.rooms for person in room}
            new = [each.id for each in going if each.id not in named and not state.facilitates(each.id)]
            found = _with(_by_hand(state, message), new)
        case "random":
            seed = f"{state.record.id}/{state.parting.splits}/{now_ms}"
            found = at_random([member.id for member in going], message.size, seed)
        case "pairs":
            found = _by_pairs(state, going, message.stay)
    here = {member.id for member in state.members}
    most = max((len(here.intersection(group)) for group in found), default=0)
    if most < (1 if message.how == "hand" else 2):
        raise ProtocolError("too-few", "how")
    return found


def at_random(people: Sequence[str], size: int, seed: str) -> Groups:
    """About ``size`` in each, as nearly as they divide, and nobody alone; empty for fewer than two people."""
    if len(people) < 2:
        return ()
    count = min((len(people) + size // 2) // size, len(people) // 2, MOST_ROOMS)
    mixed = shuffled(people, seed)
    return [mixed[at :: max(1, count)] for at in range(max(1, count))]


def _with(found: Groups, newcomers: Sequence[str]) -> Groups:
    """The same with whoever has come since the draw was looked at, each where fewest are."""
    filled = [list(group) for group in found]
    for person in newcomers:
        min(filled, key=len).append(person)
    return filled


def _by_hand(state: RoomState, message: Split) -> Groups:
    chosen = [person for group in message.rooms for person in group]
    if len(set(chosen)) < len(chosen):
        raise ProtocolError("bad-message", "rooms", "somebody twice")
    if any(state.record.guest(person) is None for person in chosen):
        raise ProtocolError("no-member", "rooms")
    return message.rooms


def _by_pairs(state: RoomState, going: Sequence[Present], stay: Collection[str]) -> Groups:
    here = [member.id for member in going]
    if state.record.pairs:
        together = [[each for each in pair if each not in stay] for pair in state.record.pairs]
        return known(together, here)
    mentors = [each for each in here if state.leads_by_right(each)]
    mentees = [each for each in here if not state.leads_by_right(each)]
    if not mentors:
        return ()
    each_with = [[mentor, *mentees[at :: len(mentors)]] for at, mentor in enumerate(mentors)]
    return [group for group in each_with if len(group) > 1][:MOST_ROOMS]


def known(pairs: Sequence[Sequence[str]], here: Collection[str]) -> Groups:
    """Whoever belongs together by these, a mentor of several with all of theirs; those with somebody here."""
    found: list[list[str]] = []
    for pair in pairs:
        touched = [group for group in found if not set(group).isdisjoint(pair)]
        merged = list(dict.fromkeys([*(each for group in touched for each in group), *pair]))
        found = [group for group in found if group not in touched] + [merged]
    present = set(here)
    return [group for group in found if not present.isdisjoint(group)][:MOST_ROOMS]
