from __future__ import annotations

from msgspec import structs
from redis.asyncio import Redis

from server.room.quality import QualityLine
from server.storage import keys, quality

LINE = QualityLine(
    id="a",
    ended_ms=0,
    seconds=60,
    mos=4.2,
    mos_worst=None,
    loss_up=0.01,
    loss_down=None,
    rtt_ms=40,
    path="udp",
    reconnects=0,
    received=1,
    sent=2,
)


async def put(store: Redis, *lines: QualityLine) -> None:
    async with store.pipeline(transaction=True) as pipe:
        for line in lines:
            quality.append(pipe, line)
        await pipe.execute()


async def test_the_newest_lines_come_oldest_first(store: Redis) -> None:
    lines = [structs.replace(LINE, id=str(number), seconds=number) for number in range(5)]
    await put(store, *lines)
    assert await quality.recent(store, 3) == lines[2:]
    assert await quality.recent(store, 10) == lines


async def test_a_line_that_was_written_twice_is_one(store: Redis) -> None:
    await put(store, LINE, LINE)
    assert await quality.recent(store, 10) == [LINE]


async def test_old_lines_go(store: Redis) -> None:
    await put(store, *(structs.replace(LINE, id=str(number)) for number in range(quality.KEPT + 500)))
    assert quality.KEPT <= await store.xlen(keys.QUALITY) < quality.KEPT + 200
