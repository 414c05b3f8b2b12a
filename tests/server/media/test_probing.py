from __future__ import annotations

from server.media.probing import AGAIN_S, LONGEST_S, Probing


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
