"""What somebody looks at is what they are sent."""

from __future__ import annotations

from server.media.slots import Feed
from tests.support.rtc_client import until
from tests.support.rtc_room import Guest, Scene, scene


def shown(stage: Scene, guest: Guest) -> set[tuple[str, str]]:
    """The pictures in a guest's slots, as the browser was told of them."""
    return {
        (slot.member, slot.source)
        for slot in stage.heard.slots[guest.name]
        if slot.member is not None and slot.source != "microphone"
    }


async def test_what_nobody_looks_at_goes_nowhere_and_comes_back_when_they_do() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        ssrc = await stage.show(anna, ben)
        ben.peer.look_at(dict.fromkeys([], 360))
        await until(lambda: shown(stage, ben) == set())
        out, came = stage.relay.stats.packets_out, stage.relay.stats.packets_in
        anna.client.frame(key=True)
        await until(lambda: stage.relay.stats.packets_in > came)
        assert stage.relay.stats.packets_out == out
        # Speech is heard whatever is looked at.
        before = {each.ssrc for each in ben.client.received}
        anna.client.audio()
        await until(lambda: bool({each.ssrc for each in ben.client.received} - before))
        already = len(ben.client.of(ssrc))
        ben.peer.look_at(dict.fromkeys([Feed("anna", "camera"), Feed("nobody", "camera")], 360))
        await stage.show(anna, ben)
        assert len(ben.client.of(ssrc)) > already


async def test_who_comes_and_what_is_shared_later_is_shown_without_asking() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        await stage.seen(ben, "camera", "anna")
        ben.peer.look_at(dict.fromkeys([], 360))
        await until(lambda: shown(stage, ben) == set())
        carla = await stage.join("carla")
        await until(lambda: shown(stage, ben) == {("carla", "camera")})
        anna.peer.set_sending("screen", on=True)
        await until(lambda: shown(stage, ben) == {("carla", "camera"), ("anna", "screen")})
        ben.peer.look_at(dict.fromkeys([Feed("anna", "camera")], 360))
        await until(lambda: shown(stage, ben) == {("anna", "camera")})
        # A camera on another page stays there when it goes off and on.
        carla.peer.set_sending("camera", on=False)
        carla.peer.set_sending("camera", on=True)
        await stage.seen(anna, "camera", "carla")
        assert shown(stage, ben) == {("anna", "camera")}


async def test_of_twenty_only_those_on_the_page_are_sent() -> None:
    async with scene() as stage:
        viewer = await stage.join("viewer", video=9)
        others = [await stage.join(f"p{index}", video=1) for index in range(20)]
        await until(lambda: len(shown(stage, viewer)) == 9)
        page = {f"p{index}" for index in range(12, 16)}
        viewer.peer.look_at(dict.fromkeys([Feed(member, "camera") for member in sorted(page)], 360))
        await until(lambda: shown(stage, viewer) == {(member, "camera") for member in page})
        legs = [leg for leg in viewer.peer.video if leg.stream is not None]
        assert len(legs) == 4
        assert {leg.feed.member for leg in legs if leg.feed} == page
        for other in others[:12]:
            assert not any(leg.link is viewer.peer.link for leg in other.peer.streams["camera"].waiting)
