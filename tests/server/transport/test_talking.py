"""How long people have spoken, by the levels of real packets: told while they speak, not in silence."""

from __future__ import annotations

import time

import pytest

from tests.support.rtc_client import until
from tests.support.rtc_room import scene

pytestmark = pytest.mark.usefixtures("inner_loop")


async def test_who_speaks_is_told_for_how_long_and_a_quiet_room_is_not() -> None:
    async with scene() as stage:
        anna, ben = await stage.join("anna"), await stage.join("ben")
        began = time.monotonic()
        sent = [0]

        def spoken() -> bool:
            # Syllables and pauses, as speech is; Ben's microphone hears his room.
            now = int((time.monotonic() - began) * 50)
            while sent[0] < now:
                sent[0] += 1
                anna.client.audio(level=75 if sent[0] % 25 < 8 else 30)
                ben.client.audio(level=62)
            return stage.heard.talk.get("anna", 0.0) > 1.5

        await until(spoken)
        told, passed = stage.heard.talk["anna"], time.monotonic() - began
        assert told <= passed + 0.2
        assert stage.heard.talk.get("ben", 0.0) == 0.0
