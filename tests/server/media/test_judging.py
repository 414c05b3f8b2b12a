from __future__ import annotations

from server.media.judging import Judging, News
from server.media.quality import UP_AFTER, Measured

GOOD, LOSSY, QUEUED = Measured(0.0, 0.0, 0.05), Measured(0.3, 0.0, 0.05), Measured(0.3, 0.0, 0.9)


def period(judging: Judging, measured: Measured, *, connected: bool = True) -> News:
    return judging.period(measured, connected=connected, tcp=False, rate=None)


def test_advice_comes_with_a_poor_connection_and_goes_with_it() -> None:
    judging = Judging()
    assert period(judging, GOOD) == News(grade=True, advice=False)
    assert period(judging, LOSSY) == News(grade=True, advice=True)
    assert judging.advice == "closer"
    for _ in range(UP_AFTER - 1):
        assert period(judging, GOOD) == News(grade=False, advice=False)
    assert period(judging, GOOD) == News(grade=True, advice=True)
    assert judging.advice is None


def test_what_was_said_holds_while_it_is_poor() -> None:
    judging = Judging()
    period(judging, GOOD)
    period(judging, LOSSY)
    assert period(judging, QUEUED) == News(grade=False, advice=False)
    assert judging.advice == "closer"


def test_the_shortest_round_trip_is_remembered() -> None:
    judging = Judging()
    period(judging, GOOD)
    period(judging, QUEUED)
    assert judging.advice == "busy"


def test_a_lost_connection_needs_no_advice() -> None:
    judging = Judging()
    period(judging, LOSSY)
    assert period(judging, LOSSY, connected=False) == News(grade=True, advice=True)
    assert judging.advice is None
    assert judging.grading.score is None
