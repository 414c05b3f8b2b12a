"""A WHIP encoder or WHEP player: the HTTP side around the transport tests' own client."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import aiohttp
from aiortc import sdp

from signaling.parts import Role
from tests.support.robots import Robot
from tests.support.robots_server import RobotServer
from tests.support.rtc_client import Client

SDP = "application/sdp"
FRAGMENT = "application/trickle-ice-sdpfrag"
PEOPLE: tuple[tuple[str, Role], ...] = (("Mo", "mentor"), ("Ana", "mentee"), ("Encoder", "mentee"))
"""Who has a link to the room behind the doors, in the order of their tokens."""


class Caller:
    """One client of a door: makes its session, changes and ends it. ``token`` is its bearer."""

    def __init__(self, http: aiohttp.ClientSession, base: str, door: str, token: str) -> None:
        self.http = http
        self.endpoint = f"{base}/{door}"
        self.door = door
        self.token = token
        self.client = Client()
        self.url = self.tag = ""
        self.answer = ""

    def headers(self, **more: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}", **more}

    def offer(self) -> str:
        """One audio and one video section, one way."""
        if self.door == "whip":
            return self.client.offer(senders="ac", audio=0, video=0)
        return self.client.offer(senders="", audio=1, video=1)

    def post(
        self, offer: str | None = None, query: str = "", **headers: str
    ) -> aiohttp.client._RequestContextManager:
        return self.http.post(
            self.endpoint + query,
            data=(self.offer() if offer is None else offer).encode(),
            headers=self.headers(**{"Content-Type": SDP, **headers}),
        )

    def patch(self, fragment: str, tag: str | None, **headers: str) -> aiohttp.client._RequestContextManager:
        condition = {} if tag is None else {"If-Match": tag}
        return self.http.patch(
            self.url,
            data=fragment.encode(),
            headers=self.headers(**{"Content-Type": FRAGMENT, **condition, **headers}),
        )

    def delete(self, **headers: str) -> aiohttp.client._RequestContextManager:
        return self.http.delete(self.url, headers=self.headers(**headers))

    def fragment(self, *candidates: str) -> str:
        """The trickle of the client's current ICE session."""
        lines = ["a=group:BUNDLE 0 1", "m=audio 9 UDP/TLS/RTP/SAVPF 111", "a=mid:0"]
        lines += [f"a=ice-ufrag:{self.client.ufrag}", f"a=ice-pwd:{self.client.password}"]
        return "\r\n".join([*lines, *(f"a=candidate:{each}" for each in candidates), ""])

    async def open(self, offer: str | None = None, query: str = "") -> None:
        """Makes the session; ``url``, ``tag`` and ``answer`` are its."""
        async with self.post(offer, query) as made:
            assert made.status == 201, (made.status, await made.text())
            self.url, self.tag = made.headers["Location"], made.headers["ETag"]
            self.answer = await made.text()

    async def connect(self, query: str = "") -> None:
        """Makes the session and brings ICE and DTLS up."""
        await self.open(query=query)
        await self.client.connect(self.answer)

    @property
    def ssrcs(self) -> dict[str, int]:
        """What a player is sent on, by kind."""
        return {m.kind: m.ssrc[0].ssrc for m in sdp.SessionDescription.parse(self.answer).media}

    def stream(self) -> asyncio.Task[None]:
        """Sends sound and pictures, a keyframe when asked for one, until cancelled."""

        async def run() -> None:
            number = 0
            while True:
                self.client.audio()
                self.client.frame(key=number == 0 or self.client.asked())
                number += 1
                await asyncio.sleep(0.02)

        return asyncio.create_task(run())


@asynccontextmanager
async def caller(base: str, door: str, token: str) -> AsyncIterator[Caller]:
    """A client that is gone at the end."""
    async with aiohttp.ClientSession() as http:
        made = Caller(http, base, door, token)
        try:
            yield made
        finally:
            await made.client.close()


class Stage:
    """A room with one robot in it, a server with both doors, and tokens for two more."""

    def __init__(self, server: RobotServer, robot: Robot, tokens: list[str], room: str) -> None:
        self.server, self.robot, self.tokens, self.room = server, robot, tokens, room


async def problem(answer: aiohttp.ClientResponse) -> dict[str, object]:
    """What a refusal says of itself (RFC 9457)."""
    assert answer.content_type == "application/problem+json"
    told: dict[str, object] = await answer.json()
    assert told["status"] == answer.status
    assert told["detail"]
    return told
