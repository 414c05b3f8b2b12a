"""The ladder and the data budget through a live room: real sound between robots, a real store."""

from __future__ import annotations

from redis.asyncio import Redis

from server.live_ladder import MEGABYTE
from signaling.messages import BudgetWanted, Encodings, LadderNow, Pin, Usage
from signaling.parts import Rung, SpeechEncoding
from tests.server.test_live_calls import Caller, two_callers
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import make_room, serving


def ladder(robot: Robot) -> LadderNow | None:
    """Where the robot was last told to be."""
    told = [message for message in robot.told if isinstance(message, LadderNow)]
    return told[-1] if told else None


def usage(robot: Robot) -> Usage | None:
    told = [message for message in robot.told if isinstance(message, Usage)]
    return told[-1] if told else None


async def on(robot: Robot, rung: Rung, reason: str | None) -> None:
    def there() -> bool:
        told = ladder(robot)
        return told is not None and (told.rung, told.reason) == (rung, reason)

    await eventually(there, f"the rung {rung}")


def asked(robot: Robot, speech: SpeechEncoding) -> bool:
    return any(isinstance(told, Encodings) and told.microphone == speech for told in robot.told)


async def test_who_chooses_words_alone_has_no_sound_either_way_until_they_choose_otherwise(
    store: Redis,
) -> None:
    async with two_callers(store) as (server, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
            await on(caller, "720p", None)
        await mo.hears_more()
        await ana.send(Pin(rung="text"))
        await on(ana, "text", "choice")
        out, came = server.relay.stats.packets_out, server.relay.stats.packets_in
        await eventually(lambda: server.relay.stats.packets_in > came + 30, "packets")
        assert server.relay.stats.packets_out == out
        await ana.send(Pin(rung="speech-low"))
        await on(ana, "speech-low", "choice")
        await mo.hears_more()
        low = SpeechEncoding(bitrate=12_000, ptime=60)
        # Of two, what one of them may receive is what the other should send.
        await eventually(lambda: asked(mo, low) and asked(ana, low), "both are asked for small speech")


async def test_a_budget_and_what_was_used_outlive_the_server(store: Redis) -> None:
    _, tokens = await make_room(store)
    async with (
        serving(store) as server,
        Caller(server.url, tokens[0]) as mo,
        Caller(server.url, tokens[1]) as ana,
    ):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await ana.send(BudgetWanted(megabytes=40))
        await ana.send(Pin(rung="360p"))
        await on(ana, "speech", "budget")
        await eventually(lambda: (told := usage(ana)) is not None and told.sent > 5_000, "sound is counted")
        told = usage(ana)
        assert told is not None
        assert told.budget == 40 * MEGABYTE
        assert told.received > 0
    async with serving(store) as server, Robot(server.url, tokens[1]) as ana_again:
        await ana_again.come()
        await eventually(lambda: usage(ana_again) is not None, "what was used is told again")
        again, now = usage(ana_again), ladder(ana_again)
        assert again is not None
        assert now is not None
        assert again.sent >= told.sent
        assert again.budget == told.budget
        assert now.pinned == "360p"


async def test_a_small_budget_leaves_speech_and_can_be_raised(store: Redis) -> None:
    _, tokens = await make_room(store)
    async with serving(store) as server, Robot(server.url, tokens[0]) as mo:
        await mo.come()
        await mo.send(BudgetWanted(megabytes=1))
        await on(mo, "speech-low", "budget")
        await mo.send(BudgetWanted(megabytes=None))
        await on(mo, "720p", None)
