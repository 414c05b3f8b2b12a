"""``compagnon quality``: how the connections of those were who have left, as a table or as JSON lines."""

from __future__ import annotations

import time
from collections.abc import Sequence

from msgspec import json

from server.config import Config
from server.room.quality import QualityLine
from server.storage import quality
from server.storage.client import connect
from server.store import beside

_head = (
    "left (UTC)",
    "minutes",
    "MOS",
    "worst",
    "loss up",
    "loss down",
    "round trip",
    "path",
    "again",
    "in",
    "out",
)


async def recent(config: Config, count: int) -> list[QualityLine]:
    """The newest lines, oldest first. Raises ``OperatorError`` and ``RedisError``."""
    async with beside(config) as (store_url, _):
        store = connect(store_url)
        try:
            return await quality.recent(store, count)
        finally:
            await store.aclose()


def as_json(lines: Sequence[QualityLine]) -> str:
    """One JSON object a line."""
    return "\n".join(json.encode(line).decode() for line in lines)


def as_table(lines: Sequence[QualityLine]) -> str:
    """A table for people; a sentence when there is nothing to show."""
    if not lines:
        return "Nobody has left a session yet, so there is nothing to tell."
    rows = [_head, *(_row(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_head))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if index == 0 else cell.rjust(width)
            for index, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _row(line: QualityLine) -> tuple[str, ...]:
    return (
        time.strftime("%Y-%m-%d %H:%M", time.gmtime(line.ended_ms / 1000)),
        f"{line.seconds / 60:.1f}",
        _or_dash(line.mos, "{:.2f}"),
        _or_dash(line.mos_worst, "{:.2f}"),
        _or_dash(line.loss_up, "{:.1%}"),
        _or_dash(line.loss_down, "{:.1%}"),
        _or_dash(line.rtt_ms, "{} ms"),
        line.path,
        str(line.reconnects),
        f"{line.received / 1e6:.1f} MB",
        f"{line.sent / 1e6:.1f} MB",
    )


def _or_dash(value: float | None, form: str) -> str:
    return "-" if value is None else form.format(value)
