"""``bench/apart``: a hundred people parted into small rooms and back, and a speed rotation of ten rounds.

Everybody is a robot with a WebSocket, ICE, DTLS and SRTP of their own, and says and shows who it is; so each
knows whom it hears and sees, and when it did first. A move is measured from what the facilitator sends to the
first packet from the one that somebody is with now.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import itertools
import os
import statistics
import tempfile
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from bench.ours import CompagnonServer
from bench.watching import Watchers, watching
from signaling.messages import (
    ApartChanged,
    ApartCommand,
    ClientMessage,
    Leave,
    Members,
    Rotate,
    ServerMessage,
    Split,
)
from signaling.parts import Apart
from tests.support.talkers import PICTURE, SOUND, Talker, talking

WITHIN_S: Final = 1.0
"""A move has to be over by then, to media."""

_ADDRESS: Final = "127.0.0.1"
_PORT: Final = 18190
_PATIENCE_S: Final = 10.0
_LOOK_S: Final = 0.005
_LISTEN_S: Final = 0.5
"""So long everybody listens after a move for anybody whom they are not with: five packets of sound."""

STATE: Final = ("apart", "members")
"""The kinds of messages that tell of who is here and where."""

_AT_ONCE: Final = 8


@dataclass(slots=True)
class Moves:
    """What was measured, in seconds from the facilitator's act: until each ``heard``, and had ``seen``, whom
    they are with; ``stray`` is when anybody heard or saw somebody else last. ``browsers``: until sound of
    the other had come to one of them.
    """

    browsers: list[float] = field(default_factory=list)
    heard: list[float] = field(default_factory=list)
    seen: list[float] = field(default_factory=list)
    stray: float = 0.0

    def add(self, other: Moves) -> None:
        """Takes another move in."""
        self.heard += other.heard
        self.seen += other.seen
        self.browsers += other.browsers
        self.stray = max(self.stray, other.stray)

    @property
    def slowest(self) -> float:
        """The longest that anybody waited for sound or picture."""
        return max([*self.heard, *self.seen, *self.browsers])

    def __str__(self) -> str:
        watched = f"sound in a browser after {_spread(self.browsers)}; " if self.browsers else ""
        return (
            f"{len(self.heard)} moves: sound after {_spread(self.heard)}, "
            f"picture after {_spread(self.seen)}; {watched}"
            f"the last packet from anybody else after {1000 * self.stray:.0f} ms"
        )


def _spread(seconds: Sequence[float]) -> str:
    found = sorted(seconds)
    p99 = found[min(len(found) - 1, len(found) * 99 // 100)]
    return (
        f"{1000 * statistics.median(found):.0f} ms (99 of 100 {1000 * p99:.0f}, all {1000 * found[-1]:.0f})"
    )


class Gathering:
    """A facilitator and everybody else, all with media. ``met`` counts who was with whom in a rotation.

    ``watchers`` are browsers that take part without saying anything; ``browsers`` are they by their ids.
    """

    def __init__(self, facilitator: Talker, others: Sequence[Talker]) -> None:
        self.facilitator = facilitator
        self.others = list(others)
        self.watchers: Watchers | None = None
        self.browsers: list[str] = []
        self.met: dict[frozenset[str], int] = {}
        self._seen: set[tuple[str, frozenset[str]]] = set()

    @property
    def everybody(self) -> list[Talker]:
        """Who is here."""
        return [self.facilitator, *self.others]

    @property
    def apart(self) -> Apart | None:
        """The small rooms, as the facilitator knows them."""
        return self.facilitator.room().apart

    def mates(self) -> dict[str, set[str]]:
        """For each who is in a small room whom they are with that says something."""
        apart = self.apart
        rooms = () if apart is None else apart.rooms
        silent = {*self.browsers}
        return {each: {*room.members} - {each} - silent for room in rooms for each in room.members}

    async def act(self, message: ClientMessage) -> float:
        """The facilitator asks for something; returns when, once everybody knows what became of it."""
        counts = [len(_told(each, ApartChanged)) for each in self.everybody]
        for each in self.everybody:
            each.ears.mark()
        began = time.monotonic()
        await self.facilitator.send(message)
        await until(
            lambda: all(
                len(_told(each, ApartChanged)) > count
                for each, count in zip(self.everybody, counts, strict=True)
            ),
            "news of small rooms",
        )
        return began

    async def move(self, message: ClientMessage) -> Moves:
        """The same, and how long it took to media for everybody who is with somebody now."""
        clock = time.time()
        began = await self.act(message)
        mates = self.mates()
        looking = [
            asyncio.create_task(self._browser(index, mates[each], clock))
            for index, each in enumerate(self.browsers)
            if mates.get(each)
        ]
        with_whom = [(each, mates[each.id]) for each in self.everybody if mates.get(each.id)]

        def arrived() -> bool:
            return all(mates <= each.ears.met(kind) for each, mates in with_whom for kind in (SOUND, PICTURE))

        await until(arrived, "media of those whom people are with")
        await asyncio.sleep(_LISTEN_S)
        moves = Moves(browsers=list(await asyncio.gather(*looking)))
        for each, own in with_whom:
            moves.heard += [each.ears.first[SOUND, mate] - began for mate in own]
            moves.seen += [each.ears.first[PICTURE, mate] - began for mate in own]
            strays = [at - began for (_, name), at in each.ears.last.items() if name not in own]
            moves.stray = max([moves.stray, *strays])
        return moves

    async def _browser(self, index: int, mates: set[str], began: float) -> float:
        assert self.watchers is not None
        async with asyncio.timeout(_PATIENCE_S):
            return await self.watchers.hears(index, sorted(mates)) - began

    def note_met(self) -> None:
        """Counts who is together, in each small room once."""
        apart = self.apart
        for room in () if apart is None else apart.rooms:
            for pair in map(frozenset, itertools.combinations(room.members, 2)):
                if (room.id, pair) not in self._seen:
                    self._seen.add((room.id, pair))
                    self.met[pair] = self.met.get(pair, 0) + 1

    def left_out(self) -> list[str]:
        """Who has nobody: alone in a small room, or in the main room with nobody else."""
        apart = self.apart
        assert apart is not None
        placed = {member for room in apart.rooms for member in room.members}
        here = [*(each.id for each in self.everybody), *self.browsers]
        main = [each for each in here if each not in placed]
        alone = [room.members[0] for room in apart.rooms if len(room.members) == 1]
        return alone + (main if len(main) == 1 and main != [self.facilitator.id] else [])

    def told(self) -> dict[str, Counter[str]]:
        """How many messages of each kind everybody has been told so far."""
        return {each.id: Counter(map(_kind, each.told)) for each in self.everybody}


def _kind(message: ServerMessage) -> str:
    """The type of a message; of ``members`` what only says how connections do is told apart."""
    if isinstance(message, Members) and not (message.present or message.left):
        return "quality"
    return str(message.__struct_config__.tag)


def _told(talker: Talker, kind: type) -> list[object]:
    return [each for each in talker.told if isinstance(each, kind)]


async def until(true: Callable[[], bool], what: str) -> None:
    """Looks every 5 ms. Raises TimeoutError."""
    deadline = time.monotonic() + _PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what} did not come within {_PATIENCE_S:.0f} s")
        await asyncio.sleep(_LOOK_S)


@contextlib.asynccontextmanager
async def gathered(url: str, tokens: Sequence[str]) -> AsyncIterator[Gathering]:
    """Everybody comes, eight at a time, the facilitator by the first token, and talks from then on."""
    talkers = [Talker(url, token) for token in tokens]
    async with contextlib.AsyncExitStack() as stack:
        for talker in talkers:
            stack.push_async_callback(talker.close)
        for at in range(0, len(talkers), _AT_ONCE):
            group = talkers[at : at + _AT_ONCE]
            await asyncio.gather(*(talker.come(f"Talker {at + i}") for i, talker in enumerate(group)))
        gathering = Gathering(talkers[0], talkers[1:])
        await stack.enter_async_context(talking(gathering.everybody))
        yield gathering


@dataclass(slots=True)
class Story:
    """How it went: the split and the way back, and all rounds of the rotation together."""

    split: Moves
    rooms: int
    back: float
    rounds: int
    rotation: Moves
    met_twice: int
    left_out: list[str]
    messages: dict[str, tuple[int, int]]
    """By kind the fewest and most messages that anybody was told, of those who were there all the time."""


async def story(gathering: Gathering, *, rounds: int, leavers: Sequence[int] = ()) -> Story:
    """Everybody by two, and back; then a rotation, in which one leaves in each of the rounds ``leavers``."""
    facilitator = gathering.facilitator
    before = gathering.told()
    split = await gathering.move(Split(how="random", size=2))
    apart = gathering.apart
    assert apart is not None
    count = len(apart.rooms)
    began = await gathering.act(ApartCommand(action="back"))
    back = await _back(gathering, began)
    rotation = Moves()
    left_out: list[str] = []
    rotate = Rotate(between="all", minutes=10, rounds=rounds, stay=(facilitator.id,))
    done = 0
    for index in range(rounds):
        rotation.add(await gathering.move(rotate if index == 0 else ApartCommand(action="next")))
        gathering.note_met()
        left_out += gathering.left_out()
        done += 1
        if index in leavers:
            await _one_leaves(gathering)
            left_out += gathering.left_out()
    await gathering.act(ApartCommand(action="next"))
    told = [after - before[member] for member, after in gathering.told().items()]
    kinds = sorted({kind for each in told for kind in each})
    messages = {kind: (min(each[kind] for each in told), max(each[kind] for each in told)) for kind in kinds}
    twice = sum(each - 1 for each in gathering.met.values())
    return Story(split, count, back, done, rotation, twice, left_out, messages)


async def _back(gathering: Gathering, began: float) -> float:
    """How long until everybody hears and sees more than the one they were with."""

    def arrived() -> bool:
        return all(
            len(each.ears.met(SOUND)) > 1 and len(each.ears.met(PICTURE)) > 1 for each in gathering.everybody
        )

    await until(arrived, "media of all")
    return time.monotonic() - began


async def _one_leaves(gathering: Gathering) -> None:
    """Whoever is left alone by it is with somebody, or with the facilitator, a moment later."""
    mates = gathering.mates()
    leaver = next(each for each in gathering.others if mates.get(each.id))
    gathering.others.remove(leaver)
    counts = len(_told(gathering.facilitator, ApartChanged))
    await leaver.send(Leave())
    await until(lambda: len(_told(gathering.facilitator, ApartChanged)) > counts, "news of who has left")
    gathering.note_met()


def report(told: Story) -> None:
    """What was measured, in words."""
    print(f"split into {told.rooms} rooms, {told.split}")
    print(f"back together: everybody hears and sees others after {1000 * told.back:.0f} ms")
    print(f"rotation of {told.rounds} rounds, {told.rotation}")
    print(f"pairs that met twice: {told.met_twice}; people left out: {len(told.left_out)}")
    for kind, (fewest, most) in told.messages.items():
        print(f"  messages {kind} to each: {fewest} to {most}")


def good(told: Story) -> bool:
    """Whether everything was as it has to be."""
    slowest = max(told.split.slowest, told.rotation.slowest, told.split.stray, told.rotation.stray)
    return slowest <= WITHIN_S and not told.met_twice and not told.left_out


async def run(arguments: argparse.Namespace, directory: Path) -> int:
    """One gathering after the other, each at a server of its own; the exit code."""
    print(f"{os.cpu_count()} cores, load average {os.getloadavg()[0]:.1f} at the start", flush=True)
    well = True
    for index, people in enumerate(int(word) for word in arguments.people.split(",")):
        server = CompagnonServer(directory / f"compagnon{index}", _ADDRESS, _PORT, members=people)
        try:
            await server.start()
            tokens = await server.make_room(people)
            robots = people - arguments.browsers
            began = time.monotonic()
            async with contextlib.AsyncExitStack() as stack:
                url = f"{server.url}/ws"
                gathering = await stack.enter_async_context(gathered(url, tokens[:robots]))
                if arguments.browsers:
                    pages = watching(server.url, tokens[robots:], directory)
                    gathering.watchers = await stack.enter_async_context(pages)
                    gathering.browsers = await gathering.watchers.ids()
                print(f"\n{people} people, here after {time.monotonic() - began:.1f} s", flush=True)
                before, start = server.usage(), time.monotonic()
                told = await story(gathering, rounds=arguments.rounds, leavers=arguments.leavers)
                used = server.usage().since(before).cpu / (time.monotonic() - start)
            report(told)
            print(f"cores used meanwhile: {used:.2f}", flush=True)
            well = well and good(told)
        finally:
            server.stop()
    print(f"\nload average {os.getloadavg()[0]:.1f} at the end")
    return 0 if well else 1


def main(argv: list[str]) -> int:
    """The command line."""
    parser = argparse.ArgumentParser(prog="bench/apart", description=__doc__)
    parser.add_argument("--people", default="20,100", help="in the room, one run each (%(default)s)")
    parser.add_argument("--rounds", type=int, default=10, help="of the rotation (%(default)s)")
    parser.add_argument(
        "--leavers", type=int, nargs="*", default=[2, 5, 6], help="rounds in which one leaves (%(default)s)"
    )
    parser.add_argument(
        "--browsers", type=int, default=0, help="of the people, real ones that say nothing (%(default)s)"
    )
    arguments = parser.parse_args(argv)
    with tempfile.TemporaryDirectory(prefix="compagnon-bench-") as directory:
        return asyncio.run(run(arguments, Path(directory)))


if __name__ == "__main__":
    import sys

    raise SystemExit(main(sys.argv[1:]))
