"""What stays of how somebody's connection was: one line, without a name, an address or a room."""

from __future__ import annotations

from typing import Literal

from msgspec import Struct


class QualityLine(Struct, frozen=True, kw_only=True):
    """One member from entering to leaving. ``id`` is random: a line that was written twice is one.

    ``mos`` and ``mos_worst`` are opinions by the E-model (1 to 4.5), losses are shares after repair (0 to 1);
    None where nothing was measured. ``received`` and ``sent`` are bytes of media, seen from the server.
    """

    id: str
    ended_ms: int
    seconds: int
    mos: float | None
    mos_worst: float | None
    loss_up: float | None
    loss_down: float | None
    rtt_ms: int | None
    path: Literal["udp", "tcp"]
    reconnects: int
    received: int
    sent: int
