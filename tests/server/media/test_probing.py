from __future__ import annotations

from server.media.probing import AGAIN_S, LONGEST_S, PADDING, Probing
from server.media.twcc import TransportFeedback


def due_after(probing: Probing, since: float) -> float:
    """Seconds from ``since`` until a burst is due."""
    now = since
    while probing.ask(80e3, 1.5e6, now) is None:
        now += 0.1
    return now - since


def test_a_line_that_becomes_narrow_in_several_cuts_has_failed_once() -> None:
    probing = Probing()
    for now in (100.0, 100.5, 101.5):
        probing.failed(now)
    assert due_after(probing, 101.5) <= AGAIN_S


def test_each_failure_after_that_doubles_the_wait() -> None:
    probing, now, waits = Probing(), 100.0, []
    for _ in range(5):
        probing.failed(now)
        waits.append(due_after(probing, now))
        now += waits[-1]
    for wait, expected in zip(waits, (4, 8, 16, 30, 30), strict=True):
        assert abs(wait - expected) < 0.2
    assert waits[-1] <= LONGEST_S + 0.2


def test_a_burst_on_a_line_of_speech_alone_does_not_fill_its_queue() -> None:
    """It still says that there is room where there is: the packets come as quickly as the line takes them."""
    for line, room in ((48e3, False), (500e3, True)):
        probing = Probing()
        probe = probing.ask(48e3, 1.5e6, 100.0)
        assert probe is not None
        assert 8 * PADDING * probe.packets / 48e3 < 0.2
        probing.sent(0, probe.packets)
        ticks = [int(index * 8 * PADDING / line / 250e-6) for index in range(probe.packets)]
        told = TransportFeedback(0, probe.packets, 0, range(probe.packets), ticks)
        found = probing.told(0, told, [PADDING] * probe.packets)
        assert found is not None
        assert (found >= probe.rate) is room


def test_a_burst_of_which_a_packet_is_missing_says_nothing() -> None:
    probing = Probing()
    probe = probing.ask(48e3, 1.5e6, 100.0)
    assert probe is not None
    probing.sent(0, probe.packets)
    came = range(1, probe.packets)
    told = TransportFeedback(0, probe.packets, 0, came, list(came))
    assert probing.told(0, told, [PADDING] * len(came)) is None
