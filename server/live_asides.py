"""What goes on beside the talk of a live room: polls, pointers and captions, each in a file of its own."""

from __future__ import annotations

from collections.abc import Callable, Collection

from server.live_captions import CaptionNews
from server.live_outbox import Outbox
from server.live_pointers import PointerNews
from server.live_polls import PollNews
from server.live_saver import Saver
from server.room.state import RoomState
from signaling.captions import Caption, CaptionsWanted
from signaling.messages import ServerMessage
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
    """``decided`` and ``told`` give the room as it will be and as it is stored, ``around`` who is in the same
    room as somebody; ``tell`` and ``tell_frame`` send to one member.
    """

    def __init__(
        self,
        decided: Callable[[], RoomState],
        told: Callable[[], RoomState],
        present: Callable[[], Collection[str]],
        around: Callable[[str], Collection[str]],
        tell: Callable[[str, ServerMessage], None],
        tell_frame: Callable[[str, str], None],
        saver: Saver,
    ) -> None:
        self._polls = PollNews(told, present, tell_frame)
        self._pointers = PointerNews(told, around, tell, tell_frame)
        self._captions = CaptionNews(decided, told, around, tell_frame, saver)

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
