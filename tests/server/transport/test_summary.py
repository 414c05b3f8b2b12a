"""What C sums up of the reports that it keeps leaves a line's estimate as it is when Python reads each."""

from __future__ import annotations

from collections import deque
from typing import Any, NamedTuple, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.load.feedback import TransportFeedback as Browser
from server.media.estimator import Estimator
from server.media.late import Late
from server.media.probing import Probing
from server.media.summary import Summary, sum_up
from server.media.trial import Trial
from server.media.twcc import decode, joined
from server.transport import dtls, inner, telling
from server.transport.link import Link
from server.transport.sieve import Post, Sieve
from tests.support import lacking

pytestmark = lacking.unless(lacking.inner_loop())

TICK_US = 250
WRAP_US = 2**32 * TICK_US
"""When 24 bits of 64 ms have been counted, which is as far as reports can tell."""


class Sent(NamedTuple):
    """A report of ``count`` packets, ``apart`` µs from each other, that take ``way`` µs, and what is odd."""

    count: int
    apart: int
    way: int
    odd: str


class Way:
    """A link with packets on it, and the browser that reports on them; with ``post`` C keeps its reports."""

    def __init__(self, *, in_c: bool, number: int, at_us: int) -> None:
        self.link = link = Link(cast(Any, None))
        link.counter[0] = number
        link.rx = dtls.length()
        self.browser = Browser(1)
        self.at_us = at_us
        library = inner.library()
        assert library is not None
        self.ffi = library[0]
        sieve = Sieve(library, -1, self.ffi.NULL, 1, name_size=28, own=slice(0, 0), control=0)
        self.post = Post(sieve, bytes(44), link) if in_c else None
        link.posts = [] if self.post is None else [self.post]

    def send(self, sent: Sent) -> bytes | None:
        """Let packets leave, and return what the browser reports of them."""
        link, arrivals = self.link, []
        for index in range(sent.count):
            number = link.number
            link.counter[0] = number + 1
            self.at_us += sent.apart
            link.rate.sent(number, 60 + 37 * index % 1_100, self.at_us / 1e6, 7 << 16 | number & 0xFFFF)
            arrivals.append((number & 0xFFFF, self.at_us + sent.way))
        if sent.odd == "lost":
            del arrivals[len(arrivals) // 2]
        elif sent.odd == "overtaken":
            arrivals = [(number, at) for (number, _), (_, at) in zip(arrivals, arrivals[::-1], strict=True)]
        elif sent.odd == "late":
            arrivals[-1:] = [(arrivals[-1][0], arrivals[-1][1] + 90_000)]
        elif sent.odd == "unsent":
            arrivals.append((link.number & 0xFFFF, arrivals[-1][1]))
        for number, at in arrivals:
            self.browser.arrived(number, at)
        return self.browser.report(2)

    def told(self, sent: Sent) -> None:
        """Let the browser report on what it was sent, as well as that arrives."""
        report = self.send(sent)
        if report is None or sent.odd == "untold":
            return
        if sent.odd == "garbled":
            report = report[:12] + bytes((report[12] ^ 0x81,)) + report[13:]
        for _ in range(2 if sent.odd == "again" else 1):
            self.keep(report, (self.at_us + sent.way) / 1e6)

    def keep(self, report: bytes, at: float) -> None:
        """Keep a report as the pump does, or as C does."""
        if self.post is None:
            self.link.told.append((at, report))
            return
        mail: Any = self.post.place.mail
        start = mail.ends[mail.count - 1] if mail.count else 0
        self.ffi.memmove(mail.data + start, report, len(report))
        mail.times[mail.count], mail.ends[mail.count] = at, start + len(report)
        mail.count += 1

    def between(self, event: str) -> None:
        """Let something else happen to the line than reports."""
        rate, now = self.link.rate, self.at_us / 1e6
        if event == "broken":
            rate.broken(self.link.number)
        elif event == "moved":
            rate.moved(self.link.number)
        elif event == "trial":
            self.link.trial = None if self.link.trial else Trial(now, 0.1)
        elif event == "burst":
            probe, first = rate.probe(now), self.link.number
            if probe is not None:
                self.told(Sent(probe.packets, 100, 20_000, ""))
                rate.probed(first, self.link.number)


def state(thing: object) -> object:
    """Everything that an estimate consists of."""
    if isinstance(thing, deque):
        return list(thing)
    if isinstance(thing, Estimator | Late | Probing):
        return {name: state(getattr(thing, name)) for name in type(thing).__slots__}
    return thing


_reports = st.builds(
    Sent,
    st.integers(1, 40),
    st.sampled_from([0, 300, 5_000, 20_000]),
    st.sampled_from([20_000, 20_000, 21_000, 45_000, 250_000]),
    st.sampled_from(10 * [""] + ["lost", "overtaken", "late", "untold", "unsent", "again", "garbled"]),
)
_events = st.sampled_from(12 * [""] + ["broken", "moved", "trial", "burst", "burst"])
_rounds = st.lists(st.tuples(_events, st.lists(_reports, max_size=4)), min_size=1, max_size=25)


@settings(deadline=None, max_examples=150)
@given(_rounds, st.sampled_from([0, 65_500, 1 << 20]), st.sampled_from([5_000_000, WRAP_US - 500_000]))
def test_both_leave_the_same_estimate(rounds: list[tuple[str, list[Sent]]], number: int, at_us: int) -> None:
    ways = [Way(in_c=in_c, number=number, at_us=at_us) for in_c in (True, False)]
    for event, reports in rounds:
        for way in ways:
            way.between(event)
            for sent in reports:
                way.told(sent)
            telling.read(way.link)
        assert state(ways[0].link.rate) == state(ways[1].link.rate)
        assert ways[0].link.told == ways[1].link.told == []


def begun() -> Way:
    """A way whose first report has been read, which C leaves to Python; what follows is told by ticks that
    begin again at 0, and so do numbers soon.
    """
    way = Way(in_c=True, number=65_500, at_us=WRAP_US - 100_000)
    way.told(Sent(5, 5_000, 20_000, ""))
    telling.read(way.link)
    way.at_us = WRAP_US
    return way


def summed_up(way: Way) -> Summary | None:
    settled = way.link.rate.settled()
    assert settled is not None
    assert way.post is not None
    return way.post.sum_up(*settled)


@given(st.lists(st.tuples(st.integers(1, 30), st.integers(0, 60_000)), min_size=1, max_size=5))
@settings(deadline=None)
def test_what_keeps_its_order_is_summed_up_in_c(reports: list[tuple[int, int]]) -> None:
    way, whole = begun(), None
    _, before = way.link.rate.settled() or (0, 0)
    first = way.link.number
    for count, apart in reports:
        report = way.send(Sent(count, apart, 20_000, ""))
        assert report is not None
        way.keep(report, way.at_us / 1e6)
        read = decode(report, 0, len(report) - report[-1] if report[0] & 0x20 else len(report))
        assert read is not None
        whole = read if whole is None else joined(whole, read)
        assert whole is not None
    assert whole is not None
    rate = way.link.rate
    assert summed_up(way) == sum_up(whole, first, way.at_us / 1e6, rate.sizes, rate.times, before)
    assert summed_up(way) is None, "nothing is left"


@pytest.mark.parametrize("odd", ["lost", "overtaken", "late", "unsent", "again", "garbled"])
def test_anything_odd_is_left_to_python(odd: str) -> None:
    way = begun()
    way.told(Sent(9, 5_000, 20_000, ""))
    way.told(Sent(9, 5_000, 20_000, odd))
    assert summed_up(way) is None
    assert way.post is not None
    assert len(way.post.take()) == (3 if odd == "again" else 2)


def test_what_was_sent_before_a_break_is_left_to_python() -> None:
    way = begun()
    way.told(Sent(9, 5_000, 20_000, ""))
    way.between("broken")
    assert summed_up(way) is None


@pytest.mark.parametrize("data", [b"\x8f\xcd\0\1" + bytes(4), b"\xaf\xcd\0\5" + bytes(19) + b"\xff"])
def test_what_is_no_report_is_left_to_python(data: bytes) -> None:
    way = begun()
    way.keep(data, 1.0)
    assert summed_up(way) is None
