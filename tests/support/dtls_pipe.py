"""Handshakes over a line that delays and loses: ours as a browser meets it, many at once in real time."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable

from aiortc.rtcdtlstransport import RTCCertificate, RTCDtlsFingerprint, RTCDtlsParameters, RTCDtlsTransport

from server.transport.dtls import Certificate, Dtls
from signaling.sdp import Fingerprint


class _Browser:
    """The other side's way out and in, as ``RTCDtlsTransport`` wants it."""

    role = "controlling"

    def __init__(self, send: Callable[[bytes], None]) -> None:
        self.queue: asyncio.Queue[bytes] = asyncio.Queue()
        self._give = send

    async def _recv(self) -> bytes:
        return await self.queue.get()

    async def _send(self, data: bytes) -> None:
        self._give(data)


async def handshake(
    ours: Certificate, theirs: RTCCertificate, chance: random.Random, *, loss: float, delay: float
) -> float:
    """Return the seconds until the other side, the client, is connected. ``delay`` one way, in seconds."""
    loop = asyncio.get_running_loop()

    def carry(take: Callable[[bytes], None]) -> Callable[[bytes], None]:
        def give(data: bytes) -> None:
            if chance.random() >= loss:
                loop.call_later(delay, take, data)

        return give

    digests = [Fingerprint(f.algorithm, f.value) for f in theirs.getFingerprints()]
    dtls = Dtls(
        ours,
        digests,
        active=False,
        send=carry(lambda data: browser.queue.put_nowait(data)),
        on_state=lambda state: None,
    )
    browser = _Browser(carry(dtls.receive))
    transport = RTCDtlsTransport(browser, [theirs])  # type: ignore[arg-type]
    transport._set_role("client")
    began = loop.time()
    dtls.start()
    expected = RTCDtlsFingerprint(ours.fingerprint.algorithm, ours.fingerprint.value)
    try:
        async with asyncio.timeout(30):
            await transport.start(RTCDtlsParameters(fingerprints=[expected]))
        return loop.time() - began
    finally:
        await asyncio.gather(*dtls.close(), return_exceptions=True)
        await transport.stop()
