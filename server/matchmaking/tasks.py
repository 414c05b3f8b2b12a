"""What falls due of matching."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from redis.asyncio import Redis

from server.jobs import Handler
from server.matchmaking import publishing, ranking, running
from server.storage.due import Due


def handlers(store: Redis, clock: Callable[[], int]) -> Mapping[str, Handler]:
    """The handlers of matching, by the kind of task."""
    matchmaker = running.Matchmaker(store, clock)

    async def publish(task: Due, now_ms: int) -> None:
        await publishing.publish(store, task, now_ms)

    async def open_lists(task: Due, now_ms: int) -> None:
        await ranking.open_lists(store, task, now_ms)

    return {running.KIND: matchmaker.run, publishing.KIND: publish, ranking.KIND: open_lists}
