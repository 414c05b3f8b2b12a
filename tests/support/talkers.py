"""Robots with media of their own: each says and shows who it is, and knows whom it hears and sees."""

from __future__ import annotations

import asyncio
import contextlib
import struct
import time
from collections.abc import AsyncIterator, Iterable, Sequence

from signaling.messages import Slots
from tests.support.robots import Robot
from tests.support.rtc_client import Client, Track

SOUND, PICTURE = "sound", "picture"

_TAG = 12
_TICK_S = 0.02
_EVERY = 5
_FRAME = 2
_CONSENT = 250


class Ears(Client):
    """A client whose every packet ends in its own name; of others' it keeps when the last and first came.

    ``last`` and ``first`` are by kind and name, in monotonic seconds; ``mark`` begins anew.
    """

    def __init__(self) -> None:
        super().__init__()
        self.tag = b""
        self.first: dict[tuple[str, str], float] = {}
        self.last: dict[tuple[str, str], float] = {}
        self._kinds: dict[int, str] = {}

    def named(self, name: str) -> None:
        """From now on packets say this."""
        self.tag = name.encode()[:_TAG].ljust(_TAG)

    def mark(self) -> None:
        """Forget whom one has heard and seen."""
        self.first.clear()
        self.last.clear()

    def met(self, kind: str, since: float = 0.0) -> set[str]:
        """Whom one has heard, or seen, since an instant."""
        return {name for (what, name), at in self.last.items() if what == kind and at >= since}

    def send(self, track: Track, payload: bytes, *, marker: bool = False, level: int | None = None) -> int:
        return super().send(track, payload[:-_TAG] + self.tag, marker=marker, level=level)

    def _rtp(self, data: bytes) -> None:
        kind = PICTURE if data[1] & 127 == 96 else SOUND
        if data[1] & 127 == 97 or struct.unpack_from("!L", data, 8)[0] == 0:
            return
        name = data[-_TAG:].rstrip().decode(errors="replace")
        now = time.monotonic()
        self.first.setdefault((kind, name), now)
        self.last[kind, name] = now


class Talker(Robot):
    """A robot with a microphone and a camera, both on from ``come`` on."""

    def __init__(self, url: str, token: str, *, pictures: int = 2) -> None:
        super().__init__(url, token)
        self.ears = Ears()
        self._pictures = pictures

    async def come(self, name: str = "Talker") -> Talker:
        """Joins with an offer, connects, and enters."""
        joined = await self.join(offer=self.ears.offer(senders="ac", video=self._pictures))
        assert joined.answer is not None
        self.ears.named(joined.member)
        await self.ears.connect(joined.answer)
        await self.enter(name)
        return self

    def talk(self, tick: int) -> None:
        """Says something, and shows something twice as rarely; and that it still wants to be sent media."""
        if tick % _EVERY == 0:
            self.ears.audio(body=bytes(80))
            if tick % (_EVERY * _FRAME) == 0:
                self.ears.frame(key=self.ears.asked(), packets=1, size=200)
        if tick % _CONSENT == 0:
            self.ears.responses.clear()
            self.ears.sock.sendto(bytes(self.ears.request()), self.ears.remote)

    @property
    def carried(self) -> set[str]:
        """Whom the server says that this one's lines carry."""
        slots = [each for each in self.told if isinstance(each, Slots)]
        return {slot.member for slot in slots[-1].slots if slot.member is not None} if slots else set()

    async def close(self) -> None:
        await self.ears.close()
        await super().close()


@contextlib.asynccontextmanager
async def talking(talkers: Iterable[Talker]) -> AsyncIterator[None]:
    """Everybody talks, ten packets of sound and five frames a second each, until the end of the block."""
    everybody: Sequence[Talker] = list(talkers)
    task = asyncio.create_task(_talk(everybody))
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def _talk(talkers: Sequence[Talker]) -> None:
    began, tick = time.monotonic(), 0
    while True:
        for index, talker in enumerate(talkers):
            if not talker.closed:
                talker.talk(tick + index)
        tick += 1
        await asyncio.sleep(max(0.0, began + tick * _TICK_S - time.monotonic()))
