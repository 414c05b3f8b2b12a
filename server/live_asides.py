"""What goes on beside the talk of a live room: polls, pointers and captions, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection

from server.live_audience import Audience
from server.live_captions import CaptionNews
from server.live_outbox import Outbox
from server.live_pointers import PointerNews
from server.live_polls import PollNews
from server.live_saver import Saver
from server.room.state import RoomState
from signaling.captions import Caption, CaptionsWanted
from signaling.pointers import Point, PointersAllowed, PointersWanted, PointOff
from signaling.polls import PollsWanted, VotersWanted

Aside = (
    PollsWanted
    | VotersWanted
    | Point
    | PointOff
    | PointersWanted
    | PointersAllowed
    | Caption
    | CaptionsWanted
)
"""What is asked beside the talk and does not change the room."""


class Asides:
    """``decided`` and ``told`` give the room as it will be and as it is stored."""

    def __init__(
        self,
        decided: Callable[[], RoomState],
        told: Callable[[], RoomState],
        audience: Audience,
        saver: Saver,
    ) -> None:
        self._polls = PollNews(told, audience.here, audience.tell_frame)
        self._pointers = PointerNews(told, audience.around, audience.tell, audience.tell_frame)
        self._captions = CaptionNews(
            decided, told, audience.room_of, audience.around, audience.tell_frame, saver
        )

    def handle(self, member: str, outbox: Outbox, message: Aside, now_ms: int) -> None:
        """Carries out what somebody who has entered asks. Raises ``ProtocolError``."""
        match message:
            case PollsWanted() | VotersWanted():
                outbox.send(self._polls.answer(member, message))
            case Caption() | CaptionsWanted():
                self._captions.handle(member, message, now_ms)
            case _:
                self._pointers.handle(member, message)

    def polls_changed(self, ids: Collection[str]) -> None:
        """There is something new of these polls, in the store already."""
        self._polls.changed(ids)

    def forget(self, member: str) -> None:
        """They have left."""
        self._pointers.forget(member)
        self._captions.forget(member)

    def stop(self) -> None:
        """Nothing more is told."""
        self._polls.stop()
        self._pointers.stop()
        self._captions.stop()
