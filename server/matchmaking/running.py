"""Carries out matching runs, each in a process of its own, and says how far they are."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from collections.abc import Callable

import msgspec
from msgspec import structs
from redis.asyncio import Redis

from server.matchmaking.gathering import gather
from server.matchmaking.orders import Orders
from server.mentoring.matching.candidates import Gathering, Settings, input_hash
from server.mentoring.matching.outcome import Outcome
from server.mentoring.matching.runs import MatchRun
from server.mentoring.programmes import Programme
from server.storage.due import Due, not_due
from server.storage.matching import (
    keep_input,
    load_input,
    load_run,
    saved_outcome,
    saved_run,
    say_step,
)
from server.storage.people import ChangedMeanwhileError
from server.storage.programmes import load_programme
from server.storage.records import commit

log = logging.getLogger(__name__)

KIND = "match-run"
"""The kind of task that makes a run."""

LOOK_MS = 60_000
"""How often it is looked whether a run's process is still there."""

LONGEST_S = 600
_chunk = 1 << 20


class Matchmaker:
    """The runs that are under way in this process. A run of a server that died begins again."""

    def __init__(self, store: Redis, clock: Callable[[], int]) -> None:
        self._store = store
        self._clock = clock
        self._running: dict[str, asyncio.Task[None]] = {}

    async def run(self, task: Due, now_ms: int) -> int | None:
        """The task's handler: begins the run; letters do not wait until it is over."""
        found = await load_run(self._store, task.about)
        if found is None or found.state != "waiting":
            return None
        if task.about not in self._running:
            running = asyncio.create_task(self._carry_out(found), name="match-run")
            self._running[task.about] = running
            running.add_done_callback(lambda _: self._running.pop(task.about, None))
        return now_ms + LOOK_MS

    async def stop(self) -> None:
        """Ends what is under way: it begins again when the server does."""
        for running in list(self._running.values()):
            running.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await running

    async def _carry_out(self, run: MatchRun) -> None:
        try:
            programme = await load_programme(self._store, run.programme)
            if programme is None:
                return
            await say_step(self._store, run.id, "gathering")
            people = await self._people(run, programme)
            digest = await asyncio.to_thread(input_hash, people)
            await keep_input(self._store, run.programme, digest, people)
            outcome = await in_process(people, run.settings, lambda step: say_step(self._store, run.id, step))
            after = structs.replace(
                run,
                state="done",
                input_hash=digest,
                pairs=outcome.report.pairs,
                mean=outcome.report.mean,
                worst=outcome.report.worst,
                blocking=outcome.report.blocking,
                alone=len(outcome.mentees_alone),
                version=run.version + 1,
            )
            await commit(
                self._store,
                [*saved_run(after), *saved_outcome(run.id, outcome), not_due(Due(KIND, run.id))],
            )
        except ChangedMeanwhileError:
            log.info("match-run-changed")
        except Exception:
            log.exception("match-run-failed")
            failed = structs.replace(run, state="failed", version=run.version + 1)
            with contextlib.suppress(Exception):
                await commit(self._store, [*saved_run(failed), not_due(Due(KIND, run.id))])

    async def _people(self, run: MatchRun, programme: Programme) -> Gathering:
        """The people of the run that this one makes again, or the programme's as they are now."""
        if run.input_hash:
            kept = await load_input(self._store, run.programme, run.input_hash)
            if kept is not None:
                return kept
        return await gather(self._store, programme, self._clock())


async def in_process(people: Gathering, settings: Settings, tell: Callable[[str], object]) -> Outcome:
    """The outcome of a run in a process of its own; ``tell`` may give something to wait for.

    Raises ``ChildProcessError`` when the process ends without one, ``TimeoutError`` after ten minutes.
    """
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "server.matchmaking.worker",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        async with asyncio.timeout(LONGEST_S):
            return await _talk(process, people, settings, tell)
    finally:
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()


async def _talk(
    process: asyncio.subprocess.Process,
    people: Gathering,
    settings: Settings,
    tell: Callable[[str], object],
) -> Outcome:
    assert process.stdin is not None
    assert process.stdout is not None
    orders = await asyncio.to_thread(msgspec.json.encode, Orders(people, settings))
    process.stdin.write(orders)
    await process.stdin.drain()
    process.stdin.close()
    while step := (await process.stdout.readline()).strip().decode():
        heard = tell(step)
        if asyncio.iscoroutine(heard):
            await heard
    parts: list[bytes] = []
    while part := await process.stdout.read(_chunk):
        parts.append(part)
    if await process.wait() != 0 or not parts:
        raise ChildProcessError("a matching run ended without an outcome")
    return await asyncio.to_thread(msgspec.json.decode, b"".join(parts), type=Outcome)
