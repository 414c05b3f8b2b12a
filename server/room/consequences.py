"""What follows from a change besides what it says, whoever made it: one rule after the other. Pure."""

from __future__ import annotations

from server.room import apart, captions, lead, polls, queue_news, visit_room
from server.room.change import Change
from server.room.state import RoomState


def consequences(before: RoomState, change: Change, now_ms: int) -> Change:
    """The change, and with it who leads now, who is next in the queue, who is in which small room, and what
    ends when everybody has left.
    """
    change = lead.followed(before, change)
    change = queue_news.followed(before, change, now_ms)
    change = visit_room.followed(before, change, now_ms)
    change = apart.followed(before, change)
    return captions.followed(before, polls.followed(before, change))
