"""``bench/bank``: how long a page of the bank takes with 20 people who search, and a caseload of 100."""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import quote

import aiohttp

from bench.joining import free_port
from bench.ours import CompagnonServer
from bench.population import SUBJECTS, joined, made_up, populated, signed_in, ties
from server.mentoring.people import Person
from server.pages.guard import BROWSER_COOKIE
from server.storage.client import connect
from server.storage.records import commit

SEARCH_GOAL_MS: Final = 100.0
CASELOAD_GOAL_MS: Final = 50.0
_users: Final = 20
_mentees: Final = 100
_seed: Final = 20_261_029


@dataclass(slots=True)
class Times:
    """How long pages took, in ms, by what was asked."""

    by_kind: dict[str, list[float]] = field(default_factory=dict)

    def add(self, kind: str, took_ms: float) -> None:
        """One page."""
        self.by_kind.setdefault(kind, []).append(took_ms)

    @property
    def all(self) -> list[float]:
        """Every page's time, rising."""
        return sorted(each for some in self.by_kind.values() for each in some)


def percentile(times: Sequence[float], share: float) -> float:
    """The value below which this share of them lies (nearest rank)."""
    ordered = sorted(times)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)]


def question(chance: random.Random) -> tuple[str, str]:
    """What somebody asks the bank for: a name for the kind of question, and its query."""
    one, two = chance.choice(SUBJECTS), chance.choice(SUBJECTS)
    return chance.choice(
        (
            ("nothing", ""),
            ("one skill", f"?q={quote(one)}"),
            ("two words", f"?q={quote(f'{one} {two}')}"),
            ("beginning of a word", f"?q={quote(one[:3])}"),
            ("rare word", f"?q={made_up(chance.randrange(8_000, 20_000))}"),
            ("language and free time", f"?q={quote(one)}&language=fr&together=yes"),
            ("free time, third page", "?together=yes&kind=micro&page=2"),
        )
    )


async def page(client: aiohttp.ClientSession, url: str, secret: str) -> float:
    """How long a page took, in ms. Raises ``RuntimeError`` when it is none."""
    started = time.perf_counter()
    async with client.get(url, cookies={BROWSER_COOKIE: secret}, allow_redirects=False) as answer:
        text = await answer.read()
        if answer.status != 200 or b"</html>" not in text:
            raise RuntimeError(f"{url} answered {answer.status}")
    return (time.perf_counter() - started) * 1000


async def together(users: int, one: Callable[[int], Awaitable[None]]) -> float:
    """So many at once; the seconds it took."""
    started = time.perf_counter()
    await asyncio.gather(*(one(user) for user in range(users)))
    return time.perf_counter() - started


async def measured(people: int, pages: int, pause_s: float) -> int:
    """Prints everything; the exit status."""
    now_ms = time.time_ns() // 1_000_000
    with tempfile.TemporaryDirectory(prefix="bank-") as folder:
        server = CompagnonServer(Path(folder) / "server", "127.0.0.1", free_port())
        await server.start()
        store = connect(server.store_url)
        try:
            started = time.perf_counter()
            population = await populated(store, _seed, people, now_ms)
            chance = random.Random(_seed + 1)
            searchers: list[Person] = []
            for number in range(max(_users, _mentees)):
                person, changes = await joined(store, chance, population.programme, "mentee", number, now_ms)
                await commit(store, changes)
                searchers.append(person)
            secrets_ = [await signed_in(store, each, now_ms) for each in searchers[:_users]]
            memory = await store.info("memory")
            took_s, size = time.perf_counter() - started, memory["used_memory"] / 2**20
            print(f"{people} mentors stored in {took_s:.0f} s, {size:.0f} MB in the store")
            bank = f"{server.url}/p/{population.programme.id}/bank"
            worst = await _searches(server, bank, secrets_, pages, pause_s) / SEARCH_GOAL_MS

            mentor, changes = await joined(store, chance, population.programme, "mentor", people, now_ms)
            for tie in ties(chance, population.programme, mentor, searchers, now_ms):
                changes += tie
            await commit(store, changes)
            secret = await signed_in(store, mentor, now_ms)
            took = await _caseload(f"{server.url}/caseload", secret)
            if took is None:
                print("there is no caseload page to measure")
            else:
                worst = max(worst, took / CASELOAD_GOAL_MS)
        finally:
            await store.aclose()
            server.stop()
    print(f"load average {os.getloadavg()[0]:.1f} at the end")
    print(f"worst ratio to its goal: {worst:.2f}")
    return 0 if worst <= 1 else 1


async def _searches(
    server: CompagnonServer, bank: str, secrets_: Sequence[str], pages: int, pause_s: float
) -> float:
    """The p95 of a page while everybody searches again as soon as they have their answer, in ms."""
    found = Times()
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=_users)) as client:

        async def user(number: int, times: Times, count: int, wait_s: float) -> None:
            chance = random.Random(number)
            for _ in range(count):
                await asyncio.sleep(wait_s * chance.uniform(0.5, 1.5))
                kind, query = question(chance)
                times.add(kind, await page(client, f"{bank}{query}", secrets_[number]))

        await together(_users, lambda number: user(number, Times(), 3, 0))
        for path in ("", "?q=chirurgie"):
            alone = [await page(client, f"{bank}{path}", secrets_[0]) for _ in range(20)]
            print(f"alone, {path or 'no question'}: median {statistics.median(alone):.1f} ms")
        calm = Times()
        await together(_users, lambda number: user(number, calm, max(pages // 4, 5), pause_s))
        print(
            f"{_users} people, one search every {pause_s:g} s each: "
            f"p50 {percentile(calm.all, 0.5):.1f} ms, p95 {percentile(calm.all, 0.95):.1f} ms"
        )
        before = server.usage()
        took = await together(_users, lambda number: user(number, found, pages, 0))
        used = server.usage().since(before)
    for kind, times in sorted(found.by_kind.items()):
        print(f"  {kind:<24} p50 {percentile(times, 0.5):6.1f} ms   p95 {percentile(times, 0.95):6.1f} ms")
    print(f"{_users} people without a pause: {len(found.all) / took:.0f} pages a second, "
          f"p50 {percentile(found.all, 0.5):.1f} ms, p95 {percentile(found.all, 0.95):.1f} ms "
          f"(goal {SEARCH_GOAL_MS:.0f})")  # fmt: skip
    each = 1000 / len(found.all)
    print(f"CPU of a page: server {used.loop * each:.1f} ms, store {used.store * each:.1f} ms; "
          f"had a core of its own: {_users} people wait {_users * used.loop * each:.0f} ms")  # fmt: skip
    return percentile(found.all, 0.95)


async def _caseload(url: str, secret: str) -> float | None:
    """The p95 of a caseload of a hundred, in ms; None when the server has no such page."""
    async with aiohttp.ClientSession() as client:
        async with client.get(url, cookies={BROWSER_COOKIE: secret}, allow_redirects=False) as answer:
            if answer.status == 404:
                return None
        times = [await page(client, url, secret) for _ in range(60)][10:]
    took = percentile(times, 0.95)
    print(f"caseload of {_mentees}: p50 {percentile(times, 0.5):.1f} ms, p95 {took:.1f} ms "
          f"(goal {CASELOAD_GOAL_MS:.0f})")  # fmt: skip
    return took


def main(arguments: Sequence[str]) -> int:
    """The entry point of ``bench/bank``."""
    words = argparse.ArgumentParser(prog="bench/bank", description=__doc__)
    words.add_argument("--people", type=int, default=10_000, help="mentors in the bank (10000)")
    words.add_argument("--pages", type=int, default=40, help="searches of each of the 20 people (40)")
    words.add_argument(
        "--pause", type=float, default=1.0, help="seconds between searches in the calm round (1)"
    )
    said = words.parse_args(arguments)
    print(f"load average {os.getloadavg()[0]:.1f} at the start")
    return asyncio.run(measured(said.people, said.pages, said.pause))
