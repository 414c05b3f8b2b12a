from __future__ import annotations

from collections.abc import Callable

import pytest

from server.media.caps import Caps, Capture
from server.media.rendering import SCATTERED, needs
from server.media.sharing import DRY_S, VOICE
from server.media.slots import Feed
from server.transport.pictures import AGAIN_S, HOPE, PATIENCE_S
from tests.support.rtc_client import until
from tests.support.rtc_room import Guest, Scene, scene
from tests.support.rtc_simulcast import Simulcast, frames, layer_of

pytestmark = pytest.mark.usefixtures("inner_loop")

CAMERA = Feed("anna", "camera")


async def publisher(stage: Scene) -> Guest:
    anna = await stage.join("anna", client=Simulcast(), video=0)
    anna.peer.can_send("camera", Capture(720, 3))
    return anna


async def watcher(stage: Scene, name: str, lines: int) -> tuple[Guest, int]:
    guest = await stage.join(name, senders="a", video=1)  # type: ignore[arg-type]
    guest.peer.look_at({CAMERA: lines})
    return guest, await stage.seen(guest, "camera", "anna")


def asked(stage: Scene) -> list[str]:
    return [each.rid for each in stage.heard.encodings.get(("anna", "camera"), ()) if each.active]


async def shooting(stage: Scene, sender: Guest, condition: Callable[[], bool]) -> None:
    """Let the sender's camera run until the condition holds."""

    def shot() -> bool:
        frames(stage, sender)
        return condition()

    await until(shot)


async def a_second(stage: Scene, sender: Guest) -> None:
    """Let a second pass in which the sender's camera never stops."""
    stage.clock.ahead += 0.9
    rounds = sender.peer.rounds
    await shooting(stage, sender, lambda: sender.peer.rounds > rounds + 1)


async def test_each_is_sent_the_layer_that_fits_their_tile_and_no_other_is_encoded() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, large = await watcher(stage, "ben", 720)
        carla, small = await watcher(stage, "carla", 160)

        await shooting(stage, anna, lambda: (layer_of(ben, large), layer_of(carla, small)) == ("f", "q"))
        await until(lambda: asked(stage) == ["q", "f"])
        carla.peer.look_at({CAMERA: 720})
        await shooting(stage, anna, lambda: layer_of(carla, small) == "f")
        await shooting(stage, anna, lambda: asked(stage) == ["f"])
        # No gap and no step back in what carla got, whichever layer it came from.
        numbers = [packet.sequence for packet in carla.client.of(small)]
        assert numbers == list(range(numbers[0], numbers[0] + len(numbers)))


async def test_what_nobody_looks_at_is_not_sent_at_all() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, ssrc = await watcher(stage, "ben", 720)
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")
        ben.peer.look_at({})
        await until(lambda: asked(stage) == [])
        ben.peer.look_at({CAMERA: 160})
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "q")


async def test_a_narrow_line_gets_a_lower_layer_and_the_other_keeps_the_best() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, good = await watcher(stage, "ben", 720)
        carla, bad = await watcher(stage, "carla", 720)
        await shooting(stage, anna, lambda: layer_of(carla, bad) == "f")
        carla.peer.set_caps(Caps(down_bps=250_000))
        await shooting(stage, anna, lambda: layer_of(carla, bad) == "q")
        assert asked(stage) == ["q", "f"]
        before = len(ben.client.of(good))
        await shooting(stage, anna, lambda: len(ben.client.of(good)) > before + 30)
        assert layer_of(ben, good) == "f"


async def test_a_picture_comes_in_few_packets_where_they_overtake_each_other() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, ssrc = await watcher(stage, "ben", 720)
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")
        ben.peer.link.rate.late.behind = 0.2
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "h")
        await until(lambda: asked(stage) == ["h"])
        # Her browser is told by REMB.
        assert anna.peer.carried <= VOICE + SCATTERED
        ben.peer.link.rate.late.behind = 0.0
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")


async def test_a_layer_that_never_comes_is_done_without_and_tried_again_later() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        assert isinstance(anna.client, Simulcast)
        anna.client.able = {"q", "h"}
        ben, ssrc = await watcher(stage, "ben", 720)
        await until(lambda: asked(stage) == ["f"])
        stage.clock.ahead += PATIENCE_S + 0.1
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "h")
        anna.client.able.add("f")
        stage.clock.ahead += 2 * AGAIN_S + 0.1
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")


async def test_why_a_picture_is_held_back_is_said() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, ssrc = await watcher(stage, "ben", 720)
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")

        def reason() -> str | None:
            return next(slot.paused for slot in stage.heard.slots["ben"] if slot.source == "camera")

        ben.peer.set_caps(Caps(pictures=False, reason="choice"))
        await until(lambda: reason() == "choice")
        await until(lambda: asked(stage) == [])
        ben.peer.set_caps(Caps(down_bps=30_000, reason="budget"))
        await until(lambda: reason() == "budget")
        ben.peer.set_caps(Caps())
        await shooting(stage, anna, lambda: reason() is None)
        anna.peer.set_caps(Caps(pictures=False))
        await until(lambda: reason() == "sender")


async def test_who_may_send_little_sends_the_lowest_layer_only() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, first = await watcher(stage, "ben", 720)
        carla, second = await watcher(stage, "carla", 720)
        await shooting(stage, anna, lambda: layer_of(carla, second) == "f")
        anna.peer.set_caps(Caps(up_bps=200_000))
        await shooting(stage, anna, lambda: asked(stage) == ["q"])
        await shooting(stage, anna, lambda: layer_of(ben, first) == "q")


async def test_who_can_hardly_send_speech_sends_no_picture_and_tries_again_later() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, ssrc = await watcher(stage, "ben", 720)
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")
        stage.clock.ahead += PATIENCE_S + 0.1
        await shooting(stage, anna, lambda: len(ben.client.of(ssrc)) > 60)
        anna.peer.available = 45_000
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "q")
        stage.clock.ahead += DRY_S + 0.1
        await shooting(stage, anna, lambda: asked(stage) == [])
        await until(lambda: stage.heard.slots["ben"][-1].paused == "sender")
        stage.clock.ahead += 2 * AGAIN_S + 0.1
        await shooting(stage, anna, lambda: asked(stage) == ["q"])
        anna.peer.available = 2_000_000
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "f")


async def test_a_larger_picture_is_not_tried_while_its_sender_is_far_from_having_what_it_needs() -> None:
    async with scene() as stage:
        anna = await publisher(stage)
        ben, ssrc = await watcher(stage, "ben", 360)
        await shooting(stage, anna, lambda: layer_of(ben, ssrc) == "h")
        stage.clock.ahead += PATIENCE_S + 0.1
        before = len(ben.client.of(ssrc))
        await shooting(stage, anna, lambda: len(ben.client.of(ssrc)) > before + 30)
        anna.peer.available = HOPE * needs(360) - 1_000
        await shooting(stage, anna, lambda: asked(stage) == ["q"])
        # Twice as long as it takes for any other to be tried again.
        for _ in range(round(4 * AGAIN_S)):
            await a_second(stage, anna)
            assert "h" not in asked(stage)
        anna.peer.available = HOPE * needs(360) + 1_000
        await a_second(stage, anna)
        await shooting(stage, anna, lambda: "h" in asked(stage))
