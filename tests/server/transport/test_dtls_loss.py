"""How long a DTLS handshake takes on a line that loses packets."""

from __future__ import annotations

import asyncio
import random

import pytest
from aiortc.rtcdtlstransport import RTCCertificate

from server.transport.dtls import Certificate
from tests.support.dtls_pipe import handshake


@pytest.mark.alone
async def test_handshakes_on_a_line_that_loses_every_seventh_packet() -> None:
    """At 300 ms there and back. Without repeats of our last flight, 95 of 100 took up to 3.6 s, now 1.8."""
    ours, theirs = Certificate(), RTCCertificate.generateCertificate()

    async def one(number: int) -> float:
        await asyncio.sleep(number * 0.02)
        return await handshake(ours, theirs, random.Random(number), loss=0.15, delay=0.15)

    took = sorted(await asyncio.gather(*(one(number) for number in range(200))))
    print(f"median {took[100]:.2f} s, 95 of 100 within {took[190]:.2f} s")
    assert took[100] <= 1.0
    assert took[190] <= 3.0
