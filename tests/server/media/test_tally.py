from __future__ import annotations

import pytest

from server.live_quality import quality_line
from server.media.emodel import mos
from server.media.quality import Measured
from server.media.tally import Mean, Tally


def test_a_mean_leaves_out_what_is_unknown() -> None:
    mean = Mean()
    assert (mean.value, mean.most) == (None, None)
    for value in (1.0, None, 3.0):
        mean.add(value)
    assert (mean.value, mean.most) == (2.0, 3.0)


def test_a_line_is_the_stay_in_few_figures() -> None:
    tally = Tally(begun=100.0)
    tally.period(Measured(0.0, 0.02, 0.05), 90.0, tcp=False)
    tally.period(Measured(0.1, None, 0.15), 50.0, tcp=True)
    tally.period(Measured(None, None, None), None, tcp=False)
    tally.reconnects, tally.received, tally.sent = 1, 2_000, 3_000
    line = quality_line(tally, "x", 161.6, 5_000)
    assert line.mos == pytest.approx((mos(90) + mos(50)) / 2, abs=0.005)
    assert line.mos_worst == pytest.approx(mos(50), abs=0.005)
    assert (line.seconds, line.ended_ms, line.rtt_ms, line.path) == (62, 5_000, 100, "tcp")
    assert (line.loss_up, line.loss_down) == (0.05, 0.02)
    assert (line.reconnects, line.received, line.sent) == (1, 2_000, 3_000)


def test_a_stay_that_was_never_measured_says_so() -> None:
    line = quality_line(Tally(begun=0.0), "x", 1.0, 5_000)
    assert (line.mos, line.mos_worst, line.loss_up, line.loss_down, line.rtt_ms) == (None,) * 5
    assert line.path == "udp"
