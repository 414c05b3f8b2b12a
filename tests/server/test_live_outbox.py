from __future__ import annotations

import asyncio

from server.live_outbox import MOST_BYTES, Outbox
from signaling.codec import encode
from signaling.messages import Bye, Saving

TOO_SLOW = encode(Bye(reason="too-slow"))


async def everything(outbox: Outbox) -> list[str | bytes]:
    found = []
    async with asyncio.timeout(1):
        while (frame := await outbox.next()) is not None:
            found.append(frame)
    return found


async def test_what_waits_goes_out_in_order_and_the_bye_last() -> None:
    outbox = Outbox()
    outbox.send(Saving(held=True))
    outbox.send_frame(b"\x03")
    outbox.close("stopping")
    outbox.send(Saving(held=False))
    outbox.close("revoked")
    expected = [encode(Saving(held=True)), b"\x03", encode(Bye(reason="stopping"))]
    assert await everything(outbox) == expected


async def test_it_can_end_without_a_word() -> None:
    outbox = Outbox()
    outbox.send_frame("x")
    outbox.close()
    assert await everything(outbox) == ["x"]


async def test_the_writer_is_woken() -> None:
    outbox = Outbox()
    waiting = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    outbox.send_frame("x")
    assert await waiting == "x"
    ending = asyncio.create_task(outbox.next())
    await asyncio.sleep(0)
    outbox.close()
    assert await ending is None


async def test_one_message_too_many_ends_it() -> None:
    outbox = Outbox(most=3)
    for each in "abc":
        outbox.send_frame(each)
    assert not outbox.closing
    outbox.send_frame("d")
    assert outbox.closing
    assert await everything(outbox) == [TOO_SLOW]


async def test_room_is_made_by_writing() -> None:
    outbox = Outbox(most=2)
    for each in "abcdef":
        outbox.send_frame(each)
        assert await outbox.next() == each
    assert not outbox.closing


async def test_too_many_bytes_end_it_but_one_great_frame_does_not() -> None:
    outbox = Outbox()
    outbox.send_frame(bytes(2 * MOST_BYTES))
    assert not outbox.closing
    outbox.send_frame(b"x")
    assert await everything(outbox) == [TOO_SLOW]
