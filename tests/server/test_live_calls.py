"""Media connections through a live room: the gate, what resumes, what is measured. aiortc is the browser."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiortc import MediaStreamTrack, RTCPeerConnection, RTCSessionDescription
from aiortc.mediastreams import AudioStreamTrack
from redis.asyncio import Redis

from server.storage import quality
from signaling.messages import Answer, Joined, Leave, Media, Moderate, Offer, Silenced, Slots
from tests.support.eventually import eventually
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer, make_room, serving


class Caller(Robot):
    """A robot that sends silence and counts what it hears."""

    def __init__(self, url: str, token: str) -> None:
        super().__init__(url, token)
        self.peer = RTCPeerConnection()
        self.heard_frames = 0
        self._listening: list[asyncio.Task[None]] = []
        self.fresh()

    def fresh(self) -> None:
        """A new connection, not yet offered."""
        self.peer = RTCPeerConnection()
        self.peer.addTransceiver(AudioStreamTrack(), direction="sendonly")
        for _ in range(3):
            self.peer.addTransceiver("audio", direction="recvonly")
        self.peer.on("track", lambda track: self._listening.append(asyncio.create_task(self._count(track))))

    async def offer(self) -> str:
        await self.peer.setLocalDescription(await self.peer.createOffer())
        return self.peer.localDescription.sdp

    async def answered(self, sdp: str | None) -> None:
        assert sdp is not None
        await self.peer.setRemoteDescription(RTCSessionDescription(sdp, "answer"))
        await eventually(lambda: self.peer.connectionState == "connected", "the media")

    async def call(self) -> Joined:
        """Joins with an offer; media stands when this returns, and the gate is shut."""
        joined = await self.join(offer=await self.offer())
        await self.answered(joined.answer)
        return joined

    async def close(self) -> None:
        await self.peer.close()
        for task in self._listening:
            task.cancel()
        await asyncio.gather(*self._listening, return_exceptions=True)
        await super().close()

    async def hears_more(self) -> None:
        before = self.heard_frames
        await eventually(lambda: self.heard_frames > before + 5, "sound")

    async def _count(self, track: MediaStreamTrack) -> None:
        while True:
            await track.recv()
            self.heard_frames += 1


@asynccontextmanager
async def two_callers(store: Redis) -> AsyncIterator[tuple[RobotServer, Caller, Caller]]:
    _, tokens = await make_room(store)
    async with (
        serving(store) as server,
        Caller(server.url, tokens[0]) as mo,
        Caller(server.url, tokens[1]) as ana,
    ):
        yield server, mo, ana


async def test_nothing_passes_the_gate_before_enter(store: Redis) -> None:
    async with two_callers(store) as (server, mo, ana):
        await mo.call()
        await ana.call()
        assert len(server.joins) == 2
        assert all(0 < seconds < 10 for seconds in server.joins)
        await mo.enter()
        arrived = server.relay.stats.packets_in
        await eventually(lambda: server.relay.stats.packets_in > arrived + 20, "packets")
        assert (server.relay.stats.packets_out, ana.heard_frames) == (0, 0)
        await ana.enter()
        await ana.hears_more()
        await mo.hears_more()
        await ana.hears(Slots, lambda told: any(slot.member == mo.id for slot in told.slots))


async def test_what_is_switched_off_is_not_forwarded(store: Redis) -> None:
    async with two_callers(store) as (server, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await mo.hears_more()
        await ana.send(Media(microphone=False))
        await mo.send(Media(microphone=False))
        await mo.sees(lambda member: member.id == ana.id and not member.microphone)
        await mo.sees(lambda member: member.id == mo.id and not member.microphone)
        out, arrived = server.relay.stats.packets_out, server.relay.stats.packets_in
        await eventually(lambda: server.relay.stats.packets_in > arrived + 20, "packets")
        assert server.relay.stats.packets_out == out
        await ana.send(Media(microphone=True))
        await mo.hears_more()


async def test_media_goes_on_while_the_socket_is_away(store: Redis) -> None:
    async with two_callers(store) as (_, mo, ana):
        session = (await mo.call()).session
        await mo.enter()
        await ana.call()
        await ana.enter()
        await ana.hears_more()
        await mo.drop()
        await ana.sees(lambda member: not member.connected)
        await ana.hears_more()
        joined = await mo.join(resume=session)
        assert (joined.entered, joined.media_kept) == (True, True)
        await ana.hears_more()
        await mo.hears_more()


async def test_a_fresh_connection_takes_the_place_of_the_old_one(store: Redis) -> None:
    async with two_callers(store) as (server, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await ana.hears_more()
        await mo.peer.close()
        mo.fresh()
        await mo.send(Offer(id=7, sdp=await mo.offer(), fresh=True))
        answer = await mo.hears(Answer)
        assert answer.id == 7
        await mo.answered(answer.sdp)
        await mo.hears_more()
        await ana.hears_more()
        assert server.relay.stats.peers == 2


async def test_who_leaves_takes_the_media_along(store: Redis) -> None:
    async with two_callers(store) as (server, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await ana.hears_more()
        await mo.send(Leave())
        assert await mo.ended() == "left"
        await eventually(lambda: server.relay.stats.peers == 1, "the peer's end")
        await ana.hears(Slots, lambda told: all(slot.member is None for slot in told.slots))


async def test_who_only_looked_into_the_green_room_leaves_no_peer_behind(store: Redis) -> None:
    async with two_callers(store) as (server, mo, _):
        await mo.call()
        assert server.relay.stats.peers == 1
        await mo.drop()
        await eventually(lambda: server.relay.stats.peers == 0, "the peer's end")
        await eventually(lambda: server.live.room_count == 0, "the room's end")


async def test_how_it_was_is_kept_when_somebody_leaves_and_when_the_server_stops(store: Redis) -> None:
    async with two_callers(store) as (_, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await mo.hears_more()
        ana.fresh()
        sdp = await ana.offer()
        await ana.send(Offer(id=1, sdp=sdp, fresh=True))
        await ana.answered((await ana.hears(Answer)).sdp)
        before = ana.heard_frames
        await eventually(lambda: ana.heard_frames > before, "sound again")
        assert await quality.recent(store, 10) == []
        await ana.send(Leave())
        await mo.misses()
        (line,) = await quality.recent(store, 10)
        assert line.reconnects == 1
        assert min(line.received, line.sent) > 0
        assert line.path == "udp"
    lines = await quality.recent(store, 10)
    assert [each.reconnects for each in lines] == [1, 0]
    assert len({each.id for each in lines}) == 2


async def test_what_a_muted_or_removed_member_sends_by_hand_is_not_forwarded(store: Redis) -> None:
    async with two_callers(store) as (server, mo, ana):
        for caller in (mo, ana):
            await caller.call()
            await caller.enter()
        await mo.hears_more()
        await mo.send(Media(microphone=False))
        await mo.send(Moderate(action="mute", member=ana.id))
        await ana.hears(Silenced)
        # Her connection goes on sending, as a client that takes no notice would.
        out, arrived = server.relay.stats.packets_out, server.relay.stats.packets_in
        await eventually(lambda: server.relay.stats.packets_in > arrived + 20, "packets")
        assert server.relay.stats.packets_out == out
        await mo.send(Moderate(action="remove", member=ana.id))
        assert await ana.ended() == "removed"
        await eventually(lambda: server.relay.stats.peers == 1, "the end of her connection")
        heard = mo.heard_frames
        arrived = server.relay.stats.packets_in
        await eventually(
            lambda: server.relay.stats.packets_in > arrived + 20, "packets of the one who is left"
        )
        assert mo.heard_frames == heard
