"""From the sums of a member's stay to the line that is kept of it."""

from __future__ import annotations

from server.room.quality import QualityLine
from server.transport.relay import Tally


def quality_line(tally: Tally, line_id: str, now: float, now_ms: int) -> QualityLine:
    """``now`` is on the clock that the tally begun by (s), ``now_ms`` Unix time; ``line_id`` is random."""
    rtt = tally.rtt.value
    return QualityLine(
        id=line_id,
        ended_ms=now_ms,
        seconds=max(0, round(now - tally.begun)),
        mos=_rounded(tally.opinion.value, 2),
        mos_worst=_rounded(tally.worst, 2),
        loss_up=_rounded(tally.loss_up.value, 4),
        loss_down=_rounded(tally.loss_down.value, 4),
        rtt_ms=None if rtt is None else round(rtt * 1000),
        path="tcp" if tally.tcp else "udp",
        reconnects=tally.reconnects,
        received=tally.received,
        sent=tally.sent,
    )


def _rounded(value: float | None, digits: int) -> float | None:
    return None if value is None else round(value, digits)
