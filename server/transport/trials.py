"""Carries out the probe before a call on a peer's own connection, a few packets every 20 ms."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from server.media.trial import Found, Trial

if TYPE_CHECKING:
    from server.transport.peer import Peer
    from server.transport.port import Port
    from server.transport.streams import Leg

_STEP_S = 0.02
_AFTER_S = 0.5
_WHOLE_S = 2.0
"""How long the browser sends for its part: its own estimator needs that to rise."""

_WINDOW = 12
"""Ticks over which what arrives is summed up: a quarter of a second."""


class Probed(NamedTuple):
    """``found`` is the way down; ``up`` the most that came in a quarter of a second, bits a second.

    ``rtt`` is in seconds, None unknown; ``spent`` are the bytes of both ways.
    """

    found: Found
    up: float
    rtt: float | None
    tcp: bool
    spent: int


class TrialRun:
    """One probe; ``done`` is called on the loop at its end, with None where the connection went away."""

    def __init__(self, peer: Peer, port: Port, done: Callable[[Probed | None], None]) -> None:
        self._peer, self._port, self._done = peer, port, done
        self._loop = asyncio.get_running_loop()
        self._trial = Trial(time.monotonic(), peer.rtt or 0.1)
        self._began = peer.link.received
        self._marks = [peer.link.received]
        self._ends: float | None = None
        peer.link.trial = self._trial
        self._step()

    def _step(self) -> None:
        peer, trial, now = self._peer, self._trial, time.monotonic()
        if not peer.connected or peer.entered:
            self._finish(None)
            return
        with self._port.lock:
            leg = next((leg for leg in peer.video if leg.active and leg.extension and _repairs(leg)), None)
            if not trial.over and leg is not None:
                self._send(leg, trial.due(now), now)
            self._marks.append(peer.link.received)
        if self._ends is None and (trial.over or leg is None):
            self._ends = max(now + _AFTER_S + (peer.rtt or 0.1), trial.begun + _WHOLE_S)
        if self._ends is not None and now >= self._ends:
            self._finish(self._probed())
        else:
            self._loop.call_later(_STEP_S, self._step)

    def _send(self, leg: Leg, count: int, now: float) -> None:
        link = self._peer.link
        first = link.number
        self._port.outlet.pad(leg, count, now)
        for number in range(first, link.number):
            self._trial.sent(number, now)
        self._port.outlet.flush()

    def _probed(self) -> Probed:
        peer, marks = self._peer, self._marks
        spans = [after - before for before, after in zip(marks, marks[_WINDOW:], strict=False)]
        up = max(spans, default=0) * 8 / (_WINDOW * _STEP_S)
        spent = self._trial.bytes + peer.link.received - self._began
        return Probed(self._trial.result(), up, peer.rtt, peer.link.wire is not None, spent)

    def _finish(self, probed: Probed | None) -> None:
        self._peer.link.trial = None
        self._done(probed)


def _repairs(leg: Leg) -> bool:
    """Return whether padding can go out; before the call no stream has decided on a repair format yet."""
    if leg.rtx_payload_type is None:
        leg.rtx_payload_type = next((again for _, again in leg.formats.values() if again is not None), None)
    return leg.rtx_payload_type is not None
