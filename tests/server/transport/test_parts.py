"""A room that is parted: sound, pictures and who is loudest stay within each part, whatever anybody asks."""

from __future__ import annotations

import asyncio
import time

import pytest

from server.transport.relay import Feed
from tests.support.rtc_client import until
from tests.support.rtc_room import Guest, Scene, scene

BY_TWO = {"anna": "1", "ben": "1", "cleo": "2", "dora": "2"}


async def four(stage: Scene) -> list[Guest]:
    return [await stage.join(name, video=4) for name in ("anna", "ben", "cleo", "dora")]


def shown(stage: Scene, name: str) -> set[str]:
    """Whom a member's lines carry."""
    return {member for _, member in stage.heard.shown(name)}


async def speak(guests: list[Guest], times: int = 25) -> None:
    """Everybody says and shows something, for half a second."""
    for _ in range(times):
        for guest in guests:
            guest.client.audio(level=20)
            guest.client.frame(key=guest.client.asked(), packets=1)
        await asyncio.sleep(0.02)


async def test_whoever_is_in_another_part_is_neither_heard_nor_seen() -> None:
    async with scene() as stage:
        guests = await four(stage)
        await speak(guests, 10)
        await until(lambda: shown(stage, "anna") == {"ben", "cleo", "dora"})
        stage.room.place(BY_TWO)
        await until(lambda: shown(stage, "anna") == {"ben"} and shown(stage, "dora") == {"cleo"})
        anna = guests[0]
        before = {ssrc: len(anna.client.of(ssrc)) for ssrc in (*anna.audio, *anna.video)}
        await speak(guests)
        flowing = [ssrc for ssrc, count in before.items() if len(anna.client.of(ssrc)) > count]
        assert len(flowing) == 2
        assert {ssrc in anna.audio for ssrc in flowing} == {True, False}


async def test_a_view_of_somebody_elsewhere_shows_nothing_of_them() -> None:
    async with scene() as stage:
        guests = await four(stage)
        stage.room.place(BY_TWO)
        await speak(guests, 10)
        guests[0].peer.look_at(
            {Feed("cleo", "camera"): 720, Feed("dora", "camera"): 720, Feed("ben", "camera"): 90}
        )
        await speak(guests)
        assert shown(stage, "anna") == {"ben"}
        stage.room.place({"anna": "1", "ben": "1"})
        await until(lambda: shown(stage, "cleo") == {"dora"})
        await speak(guests, 10)
        assert shown(stage, "anna") == {"ben"}


@pytest.mark.alone
async def test_a_picture_begins_at_once_after_a_move() -> None:
    async with scene() as stage:
        guests = await four(stage)
        anna, cleo = guests[0], guests[2]
        stage.room.place(BY_TWO)
        await speak(guests, 30)
        for guest in guests:
            guest.client.asked()
        moved = time.monotonic()
        stage.room.place({"anna": "1", "cleo": "1", "ben": "2", "dora": "2"})
        await stage.show(cleo, anna)
        assert time.monotonic() - moved < 1.0


async def test_back_together_everybody_is_heard_and_seen_who_looks_at_them_or_not() -> None:
    async with scene() as stage:
        guests = await four(stage)
        anna, ben, dora = guests[0], guests[1], guests[3]
        await speak(guests, 5)
        anna.peer.look_at({Feed("ben", "camera"): 720})
        stage.room.place(BY_TWO)
        ben.peer.look_at({Feed("anna", "camera"): 720})
        await speak(guests, 5)
        stage.room.place({})
        # Nobody has said yet what they look at now.
        await until(lambda: shown(stage, "anna") == {"ben", "cleo", "dora"})
        await until(lambda: shown(stage, "ben") == {"anna", "cleo", "dora"})
        await stage.show(dora, anna)


async def test_each_part_has_a_loudest_of_its_own() -> None:
    async with scene() as stage:
        anna, ben, cleo, dora = await four(stage)
        stage.room.place(BY_TWO)

        async def talk() -> None:
            while True:
                ben.client.audio(level=10)
                dora.client.audio(level=20)
                anna.client.audio(level=120)
                cleo.client.audio(level=120)
                await asyncio.sleep(0.02)

        talking = asyncio.create_task(talk())
        try:
            await until(lambda: stage.heard.speaker_of == {"1": "ben", "2": "dora"})
        finally:
            talking.cancel()
            await asyncio.gather(talking, return_exceptions=True)


async def test_who_comes_anew_is_where_they_were() -> None:
    async with scene() as stage:
        _, *others = await four(stage)
        stage.room.place(BY_TWO)
        again = await stage.join("anna", video=4)
        await speak([again, *others], 10)
        assert shown(stage, "anna") == {"ben"}
        assert shown(stage, "ben") == {"anna"}


async def test_who_only_watches_sees_the_main_room() -> None:
    async with scene() as stage:
        guests = await four(stage)
        watcher = await stage.join("watcher:1", enter=False, video=4)
        watcher.peer.look_on(None)
        watcher.peer.enter()
        stage.room.place({"anna": "1", "ben": "1"})
        await speak(guests, 15)
        carried = {leg.feed.member for leg in watcher.peer.legs.values() if leg.feed is not None}
        assert carried == {"cleo", "dora"}
