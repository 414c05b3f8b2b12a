"""What a browser asks about its own line: another offer, the time, a rung, a budget. It changes no room."""

from __future__ import annotations

from collections.abc import Callable

from server.live_calls import Calls
from server.live_connection import Connection
from server.live_ladder import Ladders
from signaling.errors import ProtocolError
from signaling.messages import Answer, BudgetWanted, ClientMessage, Offer, Pin, Ping, Pong, Slots


class OwnLine:
    """``open_gate`` lets a member's media flow where they are in; ``clock`` is in ms since the epoch."""

    def __init__(
        self, calls: Calls, ladders: Ladders, open_gate: Callable[[str], None], clock: Callable[[], int]
    ) -> None:
        self._calls = calls
        self._ladders = ladders
        self._open_gate = open_gate
        self._clock = clock

    def handle(self, connection: Connection, message: ClientMessage) -> bool:
        """Whether the message is one of these, and is carried out. Raises ``ProtocolError``."""
        match message:
            case Offer():
                self._offer(connection, message)
            case Ping():
                connection.outbox.send(Pong(sent=message.sent, now_ms=self._clock()))
            case Pin():
                self._ladders.pin(connection.member, message.rung)
            case BudgetWanted():
                self._ladders.budget(connection.member, message.megabytes)
            case _:
                return self._calls.handle(connection.member, message)
        return True

    def _offer(self, connection: Connection, message: Offer) -> None:
        try:
            answered = None if message.fresh else self._calls.again(connection.member, message.sdp)
            if answered is None:
                answered = self._calls.open(connection.member, connection.addresses, message.sdp)
                self._open_gate(connection.member)
        except ProtocolError as error:
            raise ProtocolError(error.code, "sdp", error.detail) from None
        answer, slots = answered
        connection.outbox.send(Answer(id=message.id, sdp=answer))
        connection.outbox.send(Slots(slots=slots))
