"""What falls due is done once, again after a failure, and not by two servers."""

from __future__ import annotations

import asyncio

from redis.asyncio import Redis

from server.jobs import LEASE_MS, RETRY_MS, Jobs
from server.storage.due import Due, falls_due, next_due, not_due
from server.storage.records import commit
from tests.support.eventually import eventually

TASK = Due("remind", "s1", "day-before")


def jobs(store: Redis, done: list[tuple[Due, int]], now_ms: int, answer: int | None = None) -> Jobs:
    async def remind(task: Due, at_ms: int) -> int | None:
        done.append((task, at_ms))
        return answer

    return Jobs(store, {"remind": remind}, lambda: now_ms, asyncio.Event())


async def test_a_task_is_done_when_its_time_has_come_and_once(store: Redis) -> None:
    done: list[tuple[Due, int]] = []
    await commit(store, [falls_due(TASK, 1_000)])
    assert await jobs(store, done, 999).run_due() == 0
    assert await jobs(store, done, 1_000).run_due() == 1
    assert await jobs(store, done, 5_000).run_due() == 0
    assert done == [(TASK, 1_000)]


async def test_a_task_that_is_taken_off_is_not_done(store: Redis) -> None:
    done: list[tuple[Due, int]] = []
    await commit(store, [falls_due(TASK, 1_000)])
    await commit(store, [not_due(TASK)])
    assert await jobs(store, done, 2_000).run_due() == 0


async def test_a_handler_can_ask_to_be_called_again(store: Redis) -> None:
    done: list[tuple[Due, int]] = []
    await commit(store, [falls_due(TASK, 1_000)])
    await jobs(store, done, 2_000, answer=9_000).run_due()
    assert await next_due(store) == 9_000


async def test_a_task_that_failed_is_tried_again_later(store: Redis) -> None:
    async def fail(task: Due, at_ms: int) -> int | None:
        raise ValueError(task.about)

    await commit(store, [falls_due(TASK, 1_000)])
    await Jobs(store, {"remind": fail}, lambda: 2_000, asyncio.Event()).run_due()
    assert await next_due(store) == 2_000 + RETRY_MS


async def test_of_two_servers_one_does_a_task(store: Redis) -> None:
    done: list[tuple[Due, int]] = []
    await commit(store, [falls_due(Due("remind", f"s{number}"), 1_000) for number in range(20)])
    await asyncio.gather(*(jobs(store, done, 2_000).run_due() for _ in range(3)))
    assert sorted(task.about for task, _ in done) == sorted(f"s{number}" for number in range(20))


async def test_a_task_given_another_time_while_it_is_done_stays_on_the_list(store: Redis) -> None:
    async def moved(task: Due, at_ms: int) -> int | None:
        await commit(store, [falls_due(task, 50_000)])
        return None

    await commit(store, [falls_due(TASK, 1_000)])
    await Jobs(store, {"remind": moved}, lambda: 2_000, asyncio.Event()).run_due()
    assert await next_due(store) == 50_000


async def test_a_task_whose_process_ended_comes_back(store: Redis) -> None:
    begun, never = asyncio.Event(), asyncio.Event()

    async def stuck(task: Due, at_ms: int) -> int | None:
        begun.set()
        await never.wait()
        return None

    await commit(store, [falls_due(TASK, 1_000)])
    under_way = asyncio.create_task(Jobs(store, {"remind": stuck}, lambda: 2_000, asyncio.Event()).run_due())
    await begun.wait()
    under_way.cancel()
    await asyncio.wait([under_way])
    done: list[tuple[Due, int]] = []
    await jobs(store, done, 2_000 + LEASE_MS).run_due()
    assert [task for task, _ in done] == [TASK]


async def test_the_runner_wakes_when_something_is_due_soon(store: Redis) -> None:
    done: list[tuple[Due, int]] = []
    soon = asyncio.Event()

    async def remind(task: Due, at_ms: int) -> int | None:
        done.append((task, at_ms))
        return None

    runner = Jobs(store, {"remind": remind}, lambda: 2_000, soon)
    await runner.start()
    try:
        await commit(store, [falls_due(TASK, 1_000)])
        soon.set()
        await eventually(lambda: done, "the task")
    finally:
        await runner.stop()
