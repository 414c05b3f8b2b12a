"""A relay with one room and clients in it, for tests of the transport."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from aiortc import sdp

from server.transport.relay import Peer, Relay, RelayConfig, RelayRoom, Tcp
from tests.support.rtc_client import Client, Heard, until


class Guest:
    """A client, the peer that the relay has of it, and the SSRCs of its receiving lines."""

    def __init__(self, name: str, client: Client, peer: Peer, answer: str) -> None:
        self.name, self.client, self.peer = name, client, peer
        self.audio: list[int] = []
        self.video: list[int] = []
        self.rtx: dict[int, int] = {}
        self.read(answer)

    def read(self, answer: str) -> None:
        """Take the SSRCs from an answer."""
        media = [m for m in sdp.SessionDescription.parse(answer).media if m.direction == "sendonly"]
        self.audio = [m.ssrc[0].ssrc for m in media if m.kind == "audio"]
        self.video = [m.ssrc[0].ssrc for m in media if m.kind == "video"]
        self.rtx = {m.ssrc_group[0].items[0]: m.ssrc_group[0].items[1] for m in media if m.ssrc_group}

    def enter(self, *sources: str) -> None:
        """Step in, with these sources on: microphone and camera unless said otherwise."""
        self.peer.enter()
        for source in sources or ("microphone", "camera"):
            self.peer.set_sending(source, on=True)  # type: ignore[arg-type]


class Scene:
    """The relay, its room, what the room's listener heard, and the guests by name."""

    def __init__(self, relay: Relay, clock: Clock) -> None:
        self.relay = relay
        self.clock = clock
        self.heard = Heard()
        self.room: RelayRoom = relay.room("room", self.heard)
        self.guests: dict[str, Guest] = {}
        self.clients: list[Client] = []

    async def join(
        self, name: str, *, enter: bool = True, client: Client | None = None, **offer: int
    ) -> Guest:
        """Connect a member; with ``enter`` their microphone and camera are on."""
        client = client or Client()
        self.clients.append(client)
        peer = self.room.open(name, [client.host])
        answer, slots = peer.answer(client.offer(**offer))  # type: ignore[arg-type]
        self.heard.slots[name] = slots
        await client.connect(answer)
        await until(lambda: peer.connected)
        guest = self.guests[name] = Guest(name, client, peer, answer)
        if enter:
            guest.enter()
        return guest

    async def show(self, sender: Guest, viewer: Guest, source: str = "camera") -> int:
        """Let the sender send frames, a keyframe once asked, until the viewer sees them; return the SSRC."""
        ssrc = await self.seen(viewer, source, sender.name)
        already = len(viewer.client.of(ssrc))
        letter = source[0]

        def more() -> bool:
            sender.client.frame(key=sender.client.asked(letter), source=letter)
            return len(viewer.client.of(ssrc)) > already

        await until(more)
        return ssrc

    async def seen(self, viewer: Guest, source: str, member: str) -> int:
        """Wait until a slot of the viewer carries this source; return the slot's SSRC."""
        kind = viewer.audio if source == "microphone" else viewer.video

        def find() -> int | None:
            slots = self.heard.slots.get(viewer.name, ())
            same = [slot for slot in slots if (slot.source == "microphone") == (source == "microphone")]
            for ssrc, slot in zip(kind, same, strict=True):
                if (slot.source, slot.member) == (source, member):
                    return ssrc
            return None

        await until(lambda: find() is not None)
        found = find()
        assert found is not None
        return found


class Clock:
    """Seconds that a test can push forward."""

    def __init__(self) -> None:
        self.ahead = 0.0

    def __call__(self) -> float:
        return time.monotonic() + self.ahead


@asynccontextmanager
async def scene(host: str = "127.0.0.1", **config: int) -> AsyncIterator[Scene]:
    """A relay on a free port; everything is closed afterwards. No exception may reach the loop."""
    clock, stray = Clock(), list[dict[str, object]]()
    asyncio.get_running_loop().set_exception_handler(lambda loop, context: stray.append(context))
    # Listening by TCP as well: then both have the same number, as in a server.
    relay = Relay(RelayConfig(host=host, port=0, tcp=Tcp(None, listen=True), **config), clock)
    await relay.start()
    stage = Scene(relay, clock)
    try:
        yield stage
    finally:
        for client in stage.clients:
            await client.close()
        await relay.stop()
    assert stray == []
    assert "fault" not in relay.stats.drops
