"""Who leads when nobody whose link leads is here: by rule, and only until one of them is back.

Whoever was here longest stands in, of those who are connected and don't observe. It becomes necessary when
the last who leads has gone (they left, or their place was kept for 30 s in vain) and in a session that runs;
people who are early wait for their mentor, as they would in a room with a door. In office hours nobody does:
a visitor would see who else waits.
"""

from __future__ import annotations

from msgspec.structs import replace

from server.room import door
from server.room.change import Change, SaveFloor
from server.room.state import Present, RoomState

_UNDER_WAY = frozenset({"running", "paused"})


def followed(before: RoomState, change: Change) -> Change:
    """The change, and with it the lead, which is stored and told with what gave rise to it."""
    after = change.state
    stand_in = _stand_in(before, after)
    if stand_in == after.floor.stand_in:
        return change
    state = replace(after, floor=replace(after.floor, stand_in=stand_in))
    return replace(
        change,
        state=state,
        saves=(*change.saves, SaveFloor(state.floor)),
        sends=(*change.sends, door.shown(state, None)),
    )


def _stand_in(before: RoomState, after: RoomState) -> str | None:
    if _led_by_right(after) or after.record.queued:
        return None
    now = after.floor.stand_in
    if now is not None and after.member(now) is not None and not after.observes(now):
        return now
    if not (_led_by_right(before) or now is not None or after.timer.status in _UNDER_WAY):
        return None
    fit = [member for member in after.members if not after.observes(member.id)]
    chosen = min(fit, key=_rank, default=None)
    return None if chosen is None else chosen.id


def _led_by_right(state: RoomState) -> bool:
    return any(state.leads_by_right(member.id) for member in state.members)


def _rank(member: Present) -> tuple[bool, int, str]:
    """Those who are connected first; of these whoever was here longest, then by id, the same everywhere."""
    return (not member.connected, member.entered_ms, member.id)
