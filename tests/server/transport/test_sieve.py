"""Reports that can wait are kept as they come; whatever else comes is handed on, and in time."""

from __future__ import annotations

import struct
import threading
import time

import pytest

from server.media import rtcp
from server.transport.reports import MAX_TOLD
from tests.support import lacking
from tests.support.pumping import Pumping, pumping

pytestmark = lacking.unless(lacking.inner_loop())

REPORTER = 77


def report(serial: int, reporter: int = REPORTER) -> bytes:
    """A transport-wide report of one packet."""
    body = struct.pack("!LLHHL", reporter, 1, serial, 1, serial & 0xFF) + b"\x20\x01\4\0"
    return bytes((0x80 | rtcp.TRANSPORT_CC, rtcp.RTPFB)) + struct.pack("!H", len(body) // 4) + body


def give(made: Pumping, *packets: bytes) -> None:
    for clear in packets:
        made.send(made.protection.protect_rtcp(clear))


def take(made: Pumping) -> None:
    """Receive all there is: an empty datagram comes last, and is Python's."""
    made.send(b"")
    short = made.stats.drops.get("short", 0)
    while made.stats.drops.get("short", 0) == short:
        made.take()


def kept(made: Pumping) -> list[bytes]:
    return [data for post in made.link.posts for _, data in post.take()]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
@pytest.mark.parametrize("gcm", [True, False])
def test_reports_of_a_known_reporter_are_kept(host: str, gcm: bool) -> None:
    with pumping(native=True, host=host, gcm=gcm) as made:
        give(made, report(1))
        take(made)
        assert made.reported == [report(1)]
        give(made, report(2), report(3))
        take(made)
        assert made.reported == [report(1)]
        assert kept(made) == [report(2), report(3)]
        assert kept(made) == []


def test_they_are_kept_with_when_they_came() -> None:
    with pumping(native=True) as made:
        give(made, report(1))
        take(made)
        before = time.monotonic()
        give(made, report(2))
        take(made)
        ((at, _),) = [told for post in made.link.posts for told in post.take()]
        assert before <= at <= time.monotonic()


def test_another_reporter_of_the_same_sender_is_let_in_by_python() -> None:
    with pumping(native=True) as made:
        for reporter in (REPORTER, 78, 78):
            give(made, report(1, reporter))
            take(made)
        assert made.reported == [report(1), report(1, 78)]
        assert kept(made) == [report(1, 78)]


@pytest.mark.parametrize(
    "other",
    [
        rtcp.receiver_report(REPORTER, []),
        rtcp.nack(REPORTER, 5, [1]),
        report(9) + rtcp.receiver_report(REPORTER, []),
    ],
)
def test_what_cannot_wait_is_handed_on(other: bytes) -> None:
    with pumping(native=True) as made:
        give(made, report(1))
        take(made)
        give(made, other)
        take(made)
        assert made.reported == [report(1), other]
        assert kept(made) == []


def test_more_than_there_is_room_for_is_handed_on() -> None:
    with pumping(native=True) as made:
        reports = [report(serial) for serial in range(MAX_TOLD + 3)]
        give(made, reports[0])
        take(made)
        for each in reports[1:]:
            give(made, each)
            take(made)
        assert kept(made) == reports[1 : MAX_TOLD + 1]
        assert made.reported == [reports[0], *reports[MAX_TOLD + 1 :]]


def test_a_repeated_report_is_refused() -> None:
    with pumping(native=True) as made:
        give(made, report(1))
        take(made)
        again = made.protection.protect_rtcp(report(2))
        made.send(again)
        made.send(again)
        take(made)
        assert kept(made) == [report(2)]
        made.pump.batch(())
        assert made.stats.drops["srtcp"] == 1


def test_nothing_kept_is_lost_when_addresses_change_hands() -> None:
    with pumping(native=True) as made:
        give(made, report(1))
        take(made)
        give(made, report(2))
        take(made)
        made.table.drops += 1
        made.pump.forget()
        assert [data for _, data in made.link.told] == [report(2)]
        for serial in (3, 4):
            give(made, report(serial))
            take(made)
        assert made.reported == [report(1), report(3)]
        assert kept(made) == [report(4)]


def test_reports_alone_do_not_put_off_what_is_due() -> None:
    with pumping(native=True) as made:
        give(made, report(0))
        take(made)
        over = threading.Event()

        def go_on() -> None:
            serial = 0
            while not over.wait(0.01):
                serial += 1
                give(made, report(serial))

        sender = threading.Thread(target=go_on)
        sender.start()
        try:
            begun = time.monotonic()
            assert list(made.inlet.receive()) == []
            assert 0.1 < time.monotonic() - begun < 1.0
        finally:
            over.set()
            sender.join()
